// `npm run conformance:tls`: the real uv, pip and curl with a gateway that speaks TLS with its own certificate. They trust
// it by the lines that it prints, cache and validate as over plain http, and refuse it without them; curl speaks HTTP/2.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort, larder, run, scratch, start } from "./process.ts";
import { bin, preparePython, runPython } from "./python.ts";
import { startUpstream } from "./upstream/index.ts";
import { wheel } from "./upstream/packages.ts";

await preparePython();
const faults: string[] = [];
const expect = (what: string, seen: unknown, wanted: unknown, output = "") => {
  const holds = wanted instanceof RegExp ? wanted.test(String(seen)) : seen === wanted;
  console.log(`${holds ? "pass" : "FAIL"}  ${what}`);
  if (!holds) faults.push(`${what}: ${seen}\n  where this is right: ${wanted}\n${output.slice(-1500)}`);
};

const upstream = await startUpstream({ fresh: 0 });
upstream.publish("demo", wheel("demo", "1.0"));
const [port, admin] = [await freePort(), await freePort()];
const data = scratch("data");
const where = ["--listen", `127.0.0.1:${port}`, "--admin", `127.0.0.1:${admin}`, "--data", data];
const mount = ["--mount", `/pypi/=pypi:${upstream.index}`, "--fresh", "0", "--log-format", "json"];
const gateway = await start([...larder, "gateway", ...where, ...mount, "--tls", "own"], `http://127.0.0.1:${admin}`);
const index = `https://127.0.0.1:${port}/pypi/simple/`;
const page = `${index}demo/`;
/** What the gateway tells people to set, for one program. */
const printed = (name: string): Record<string, string> =>
  Object.fromEntries(
    [...(new RegExp(`export (${name}_.*)`).exec(gateway.output())?.[1] ?? "").matchAll(/(\w+)=(\S+)/g)].map(
      ([, key, value]) => [key!, value!],
    ),
  );
const pages = () => gateway.output().match(/"path":"\/pypi\/simple\/demo\/","status":\d+/g) ?? [];
/** The status of a page that was asked for after so many others; its line is written a little later. */
async function statusAfter(count: number): Promise<string> {
  for (let tries = 0; pages().length <= count && tries < 100; tries++) await delay(50);
  return pages()[count] ?? "never asked for";
}

const programs = {
  uv: ["uv", "pip", "install", "--no-config", "--python", bin("python"), "--cache-dir", scratch("cache")],
  pip: ["python", "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--cache-dir", scratch("cache")],
};
for (const [name, command] of Object.entries(programs)) {
  const set = printed(name === "uv" ? "UV" : "PIP");
  const install = async (environment: Record<string, string>) => {
    const target = join(scratch("target"), "site");
    const { output } = await runPython([...command, "--target", target, "demo"], data, environment);
    return { installed: existsSync(join(target, "demo")), output };
  };
  const before = pages().length;
  const first = await install(set);
  expect(`${name} installs with the lines that are printed`, first.installed, true, first.output);
  await statusAfter(before);
  const asked = pages().length;
  const again = await install(set);
  expect(`${name} installs again`, again.installed, true, again.output);
  expect(`${name}'s second look at the page is a 304`, await statusAfter(asked), /304$/, gateway.output());
  const { SSL_CERT_FILE, PIP_CERT, ...untold } = set;
  // what is in the cache needs no server
  const refused = await install({
    ...untold,
    UV_NO_CACHE: "1",
    PIP_NO_CACHE_DIR: "1",
    UV_HTTP_RETRIES: "0",
    PIP_RETRIES: "0",
  });
  expect(`${name} refuses it where it is not told to trust`, refused.installed, false, refused.output);
}

const authority = join(data, "tls", "ca.pem");
for (const [way, version] of [
  ["--http2", "2"],
  ["--http1.1", "1.1"],
] as const) {
  const curl = ["curl", "-sS", "--cacert", authority, way, "-o", "/dev/null", "-w", "%{http_version} %{http_code}"];
  const seen = await run([...curl, page]);
  expect(`curl ${way}`, seen.output, `${version} 200`);
}
const many = Array.from({ length: 40 }, () => ["-o", "/dev/null", page]).flat();
const parallel = await run([
  "curl",
  "-sS",
  "--cacert",
  authority,
  "--http2",
  "-Z",
  "-w",
  "%{http_code} %{num_connects}\n",
  ...many,
]);
const lines = parallel.stdout.trim().split("\n");
expect("curl, 40 streams at once", lines.filter((line) => line.startsWith("200 ")).length, 40, parallel.output);
await gateway.stop();
expect("it stops when told", /EPIPE|Error/.test(gateway.output()), false, gateway.output());
await upstream.close();
for (const fault of faults) console.error(fault);
process.exit(faults.length === 0 ? 0 : 1);
