// `npm run conformance:hosted`: packages of one's own with the real twine, uv and pip. The example of docs/hosting.md;
// what is refused is said so that both uploaders show it; what is uploaded, yanked and deleted is seen by the next who
// asks; what stops half-way leaves nothing; in a group, a name that is hosted never comes from elsewhere.
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort, larder, root, run, scratch, startGateway } from "./process.ts";
import { bin, clients, preparePython } from "./python.ts";
import { startUpstream } from "./upstream/index.ts";
import { type Package, sdist, wheel } from "./upstream/packages.ts";
import { must } from "./venv.ts";

await preparePython();
const faults: string[] = [];
function expect(what: string, seen: unknown, wanted: unknown, output = ""): void {
  const text = String(seen).replaceAll(/\s+/g, " ");
  const holds = wanted instanceof RegExp ? wanted.test(text) : seen === wanted;
  console.log(`${holds ? "pass" : "FAIL"}  ${what}`);
  if (!holds) faults.push(`${what}: ${text.slice(-1500)}\n  where this is right: ${wanted}\n${output.slice(-3000)}`);
}

const work = scratch("hosted");
const data = join(work, "larder-data");
/** A folder with these files. */
function folderOf(name: string, ...files: readonly Package[]): string {
  const folder = join(work, name);
  mkdirSync(folder, { recursive: true });
  for (const { filename, content } of files) writeFileSync(join(folder, filename), content);
  return folder;
}
folderOf("dist", wheel("acme-web", "1.0"), sdist("acme-web", "1.0"), wheel("acme-web", "1.1"));

const upstream = await startUpstream({ fresh: 0 });
upstream.publish("acme-web", wheel("acme-web", "9.9"));
upstream.publish("flask", wheel("flask", "1.0"));
const port = await freePort();
const mounts = ["/private/=hosted:", `/pypi/=pypi:${upstream.index}`, "/all/=group:/private/,/pypi/"];
let gateway = await startGateway({ port, data, mounts });

/** The first example of the page on hosting, without the line that starts the gateway, which this run does itself. */
function documented(): string {
  const [, lines = ""] = /^```sh\n(.*?)^```$/ms.exec(readFileSync(join(root, "docs/hosting.md"), "utf8")) ?? [];
  const [first, ...rest] = lines.split("\n");
  expect("the example starts a gateway with a hosted mount", first, /^larder gateway .*--mount \/private\/=hosted: &$/);
  return rest.join("\n").replaceAll("127.0.0.1:8080", `127.0.0.1:${port}`);
}

const environment = {
  PATH: `${join(root, ".venv/bin")}:/usr/bin:/bin`,
  HOME: work,
  LC_ALL: "C.UTF-8",
  UV_NO_CONFIG: "1",
  UV_CACHE_DIR: join(work, "uv-cache"),
  VIRTUAL_ENV: join(work, "venv"),
};
await must([bin("python"), "-m", "venv", "--without-pip", environment.VIRTUAL_ENV], "can python make one?");
const program = `set -eu\nlarder() { ${larder.map((part) => `'${part}'`).join(" ")} "$@"; }\n${documented()}\necho "TOKEN=$TOKEN"\n`;
const example = await run(["bash", "-c", program], { cwd: work, env: environment });
const token = /TOKEN=(larder_\S+)/.exec(example.stdout)?.[1] ?? "";
expect("the example of docs/hosting.md runs", example.status, 0, example.output);
const [installed] = globSync(`${environment.VIRTUAL_ENV}/lib/*/site-packages/acme_web/__init__.py`);
expect("and installs what was uploaded", installed && readFileSync(installed, "utf8"), /1\.1/, example.output);

const url = `${gateway.url}/private`;
const withToken = (text: string, path: string) => `http://__token__:${text}@127.0.0.1:${port}${path}`;
const twine = (folder: string, text: string, ...more: readonly string[]) => {
  const where = ["--repository-url", `${url}/legacy/`, "-u", "__token__", "-p", text];
  const files = globSync(`${folder}/*`);
  const quiet = ["--non-interactive", "--disable-progress-bar"];
  return run([bin("twine"), "upload", ...quiet, ...where, ...more, ...files], { cwd: work, env: environment });
};
const publish = (folder: string, text: string, ...more: readonly string[]) => {
  const where = ["--publish-url", `${url}/legacy/`, "--token", text, "--trusted-publishing", "never"];
  return run([bin("uv"), "publish", ...where, ...more, ...globSync(`${folder}/*`)], { cwd: work, env: environment });
};
const uploaders = { twine, "uv publish": publish };
const order = (...args: readonly string[]) => run([...larder, ...args, "--data", data], { cwd: work });
const tokenFor = async (...args: readonly string[]) =>
  (await order("token", "create", "--mount", "/private/", ...args)).stdout.trim();

// what uploaders are told
const again = folderOf("again", wheel("acme-web", "1.0"));
const other = folderOf("other", wheel("acme-web", "1.0", [], "2"));
const foreign = folderOf("foreign", wheel("other-web", "1.0"));
const liar = folderOf("liar", { ...wheel("acme-web", "2.0"), filename: "acme_web-2.1-py3-none-any.whl" });
const reader = await tokenFor("--may", "read");
const expiring = await tokenFor("--may", "upload", "--days", "0.00001");
await delay(1000);
for (const [name, upload] of Object.entries(uploaders)) {
  const rows: readonly (readonly [says: string, folder: string, token: string, status: number, shown: RegExp])[] = [
    ["the same content again is well", again, token, 0, /./],
    ["other content is refused", other, token, 1, /already exists with other content/],
    ["a project out of the token's scope", foreign, token, 1, /is for the projects acme-\*, and not for other-web/],
    ["a token that may only read", again, reader, 1, /may read only, and not upload/],
    ["a token that has expired", again, expiring, 1, /token has expired/],
    ["a token that is none", again, "larder_nothing", 1, /not known here/],
    ["a file name that lies", liar, token, 1, /no file name of version 2\.0|Version in filename/],
  ];
  for (const [says, folder, text, status, shown] of rows) {
    const { status: code, output } = await upload(folder, text);
    expect(`${name}: ${says}`, code === 0 ? 0 : 1, status, output);
    expect(`${name} shows it: ${says}`, output, shown, output);
  }
}
const checked = await publish(again, token, "--check-url", withToken(token, "/private/simple/"));
expect("uv publish --check-url finds it there", checked.output, /already exists, skipping/, checked.output);

// what installers see
const caches = { uv: scratch("cache"), pip: scratch("cache") };
const both = (look: (client: "uv" | "pip") => Promise<void>) => Promise.all((["uv", "pip"] as const).map(look));
async function install(client: "uv" | "pip", wanted: string, path = "/private/simple/", text = token) {
  const target = join(scratch("target"), "site");
  const index = text === "" ? `${gateway.url}${path}` : withToken(text, path);
  const { status, output } = await clients[client]({ index, wanted: [wanted], cache: caches[client], target });
  const made = join(target, wanted.replace(/==.*/, "").replace("-", "_"), "__init__.py");
  const version = existsSync(made) ? /"(.*)"/.exec(readFileSync(made, "utf8"))?.[1] : undefined;
  return { got: version ?? `nothing (${status})`, output };
}
const installs = (says: string, wanted: string, got: string | RegExp, path?: string, text?: string) =>
  both(async (client) => {
    const seen = await install(client, wanted, path, text);
    expect(`${client}: ${says}`, seen.got, got, seen.output);
  });

await installs("installs from the page and its metadata", "acme-web", "1.1");
await installs("gets nothing without a token", "acme-web", /^nothing/, "/private/simple/", "");
expect("a new version is uploaded", (await publish(folderOf("new", wheel("acme-web", "1.2")), token)).status, 0);
await installs("which is seen at once, out of a warm cache", "acme-web", "1.2");
expect("and yanked", (await order("hosted", "yank", "acme-web", "1.2", "--reason", "it breaks")).status, 0);
await installs("is passed over", "acme-web", "1.1");
await installs("but for who pins it", "acme-web==1.2", "1.2");
const deleted = await fetch(`${url}/files/acme-web/-/acme_web-1.2-py3-none-any.whl`, {
  method: "DELETE",
  headers: { authorization: `Bearer ${await tokenFor("--may", "admin")}` },
});
expect("and deleted, over HTTP", deleted.status, 200);
await installs("is gone", "acme-web==1.2", /^nothing/);
const back = await twine(join(work, "new"), token);
expect("its name is never used again", back.output, /was deleted on .* upload a new version/, back.output);

// a group of hosted and proxied
await installs("in a group, a hosted name is the hosted one", "acme-web", "1.1", "/all/simple/");
await installs("and other names are the upstream's", "flask", "1.0", "/all/simple/", reader);
expect(
  "the upstream was never asked for it",
  upstream.log.some(({ path }) => path.includes("acme-web")),
  false,
);

// what stops half-way
const left = () => globSync(`${data}/hosted/tmp/*`).length;
/** Sends the half of an upload. @returns what breaks it off */
async function half(): Promise<() => void> {
  const body = Buffer.from(
    `--x\r\nContent-Disposition: form-data; name="content"; filename="acme_web-3.0-py3-none-any.whl"\r\n\r\n${"x".repeat(90_000)}`,
  );
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  const head = `POST /private/legacy/ HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Length: 200000\r\n`;
  socket.write(`${head}Content-Type: multipart/form-data; boundary=x\r\n\r\n`);
  socket.write(body);
  for (let tries = 0; left() === 0 && tries < 200; tries++) await delay(20);
  return () => void socket.destroy();
}
const leave = await half();
expect("an upload that arrives is on the disk", left(), 1);
leave();
for (let tries = 0; left() > 0 && tries < 200; tries++) await delay(20);
expect("and is gone when its client goes away", left(), 0);
await half();
await gateway.stop("SIGKILL");
expect("what is arriving when the gateway is killed stays behind", left(), 1);
gateway = await startGateway({ port, data, mounts });
expect("and is swept at the next start", left(), 0);
await installs("after which all is as it was", "acme-web", "1.1");

await gateway.stop();
await upstream.close();
for (const fault of faults) console.log(`\n${fault}`);
console.log(faults.length === 0 ? "\nall as it should be" : `\n${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
