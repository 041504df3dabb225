// `npm run conformance:keystone`: `larder placement --auth keystone` with tokens of the real Keystone (PyPI), which is
// set up in a folder of its own and served on loopback.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepareVenv } from "./placement-python.ts";
import { root, run, scratch, start } from "./process.ts";

const ports = { keystone: 21605, larder: 21606 };
const password = "for this run only";
const venv = await prepareVenv(".venv-keystone", ["keystone==30.0.0"]);
const folder = scratch("keystone");
const python = join(venv, "bin/python");
const file = join(folder, "keystone.conf");
const keys = (name: string) => join(folder, name);
for (const name of ["fernet", "credential"]) mkdirSync(keys(name));
writeFileSync(
  file,
  `[database]\nconnection = sqlite:///${join(folder, "keystone.db")}\n` +
    `[fernet_tokens]\nkey_repository = ${keys("fernet")}\n[credential]\nkey_repository = ${keys("credential")}\n`,
);
const env = { ...(process.env as Record<string, string>), OS_KEYSTONE_CONFIG_FILES: file, OS_PASSWORD: password };
const user = ["--keystone-user", "root", "--keystone-group", "root"];
const base = `http://127.0.0.1:${ports.keystone}`;
for (const command of [
  ["db_sync"],
  ["fernet_setup", ...user],
  ["credential_setup", ...user],
  ["bootstrap", "--bootstrap-password", password, "--bootstrap-public-url", `${base}/v3`],
]) {
  const done = await run([join(venv, "bin/keystone-manage"), "--config-file", file, ...command], { env, seconds: 300 });
  if (done.status !== 0) throw new Error(`keystone-manage ${command[0]} failed:\n${done.output}`);
}
// it reads sys.argv for itself, so it gets none
const serve = `import sys; sys.argv = ["keystone"]
from keystone.wsgi.api import application
from wsgiref.simple_server import make_server
make_server("127.0.0.1", ${ports.keystone}, application).serve_forever()`;
const keystone = await start([python, "-W", "ignore", "-c", serve], `${base}/v3`, { env });

const settings = join(folder, "placement.toml");
writeFileSync(
  settings,
  `listen = "127.0.0.1:${ports.larder}"\ndatabase = "sqlite::memory:"\nauth = "keystone"\nkeystone-url = "${base}"\n` +
    'keystone-user = "admin"\nkeystone-project = "admin"\n',
);
const placement = `http://127.0.0.1:${ports.larder}`;
const command = [process.execPath, join(root, "packages/cli/src/larder.ts"), "placement", "--config", settings];
const larder = await start(command, `${placement}/`, { env });

async function token(scope: object): Promise<string> {
  const domain = { name: "Default" };
  const identity = { methods: ["password"], password: { user: { name: "admin", domain, password } } };
  const body = JSON.stringify({ auth: { identity, scope } });
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${base}/v3/auth/tokens`, { method: "POST", headers, body });
  return response.headers.get("x-subject-token") ?? `no token: ${response.status}`;
}

const project = await token({ project: { name: "admin", domain: { name: "Default" } } });
const rows: readonly [says: string, token: string | undefined, status: number][] = [
  ["an admin of a project", project, 200],
  ["the same token again", project, 200],
  ["an admin of the system", await token({ system: { all: true } }), 403],
  ["a token that is none", "bogus", 401],
  ["no token", undefined, 401],
];
let failed = 0;
for (const [says, own, status] of rows) {
  const headers: Record<string, string> = own === undefined ? {} : { "x-auth-token": own };
  const response = await fetch(`${placement}/resource_providers`, { headers });
  const right = response.status === status && (status !== 401 || response.headers.has("www-authenticate"));
  if (!right) failed++;
  console.log(`${right ? "ok  " : "FAIL"} ${says}: ${response.status}`);
}
await larder.stop();
await keystone.stop();
process.exit(failed === 0 ? 0 : 1);
