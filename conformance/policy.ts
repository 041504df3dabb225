// `npm run conformance:policy`: a policy of an index with the real uv and pip. What was published a minute ago is not
// installed, and is the second that it is old enough, out of the same client's cache; what is exempt is installed at
// once; a file that is withheld is refused with a reason that both clients show.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { larder, run, scratch, startGateway } from "./process.ts";
import { clients, preparePython } from "./python.ts";
import { startUpstream } from "./upstream/index.ts";
import { type Package, wheel } from "./upstream/packages.ts";

await preparePython();
const faults: string[] = [];
const expect = (what: string, seen: unknown, wanted: unknown, output = "") => {
  const holds = wanted instanceof RegExp ? wanted.test(String(seen)) : seen === wanted;
  console.log(`${holds ? "pass" : "FAIL"}  ${what}`);
  if (!holds)
    faults.push(`${what}: ${String(seen).slice(-1500)}\n  where this is right: ${wanted}\n${output.slice(-1500)}`);
};

const upstream = await startUpstream({ fresh: 0 });
const uploaded = (made: Package, at: number): Package => ({ ...made, uploadTime: new Date(at).toISOString() });
const started = Date.now();
const minute = 60_000;
/** seconds from the start until the new version is old enough: time for both clients to look at it before */
const wait = 30;
upstream.publish("demo", uploaded(wheel("demo", "1.0"), started - 60 * minute));
upstream.publish("demo", uploaded(wheel("demo", "1.1"), started - minute));
upstream.publish("ours", uploaded(wheel("ours", "1.0"), started));
upstream.publish("undated", wheel("undated", "1.0"));
const config = join(scratch("config"), "larder.toml");
writeFileSync(
  config,
  `fresh = 0
[[mount]]
prefix = "/pypi/"
format = "pypi"
upstream = "${upstream.index}"
[mount.policy]
minimum-age = ${60 + wait}
[[mount.policy.exempt]]
name = "ours"
until = 2999-01-01
because = "we made it"
`,
);
const gateway = await startGateway({ mounts: [], args: ["--config", config] });
const index = `${gateway.url}/pypi/simple/`;
const names = ["uv", "pip"] as const;
const caches = { uv: scratch("cache"), pip: scratch("cache") };

async function install(client: (typeof names)[number], wanted: string) {
  const target = join(scratch("target"), "site");
  const { status, output } = await clients[client]({ index, wanted: [wanted], cache: caches[client], target });
  const made = (name: string) => join(target, name, "__init__.py");
  const name = ["demo", "ours", "undated"].find((name) => existsSync(made(name)));
  const version = name === undefined ? undefined : /"(.*)"/.exec(readFileSync(made(name), "utf8"))?.[1];
  return { installed: version ?? `nothing (${status})`, output };
}
const both = (look: (client: (typeof names)[number]) => Promise<void>) => Promise.all(names.map(look));

await both(async (client) => {
  const { installed, output } = await install(client, "demo");
  expect(`${client}: a version of a minute ago is not installed`, installed, "1.0", output);
});
const page = (await (
  await fetch(`${index}demo/`, { headers: { accept: "application/vnd.pypi.simple.v1+json" } })
).json()) as {
  files: { url: string }[];
};
const link = new URL(page.files[0]!.url.replace("1.0", "1.1"), `${index}demo/`).href;
await both(async (client) => {
  const { installed, output } = await install(client, `demo @ ${link}`);
  expect(`${client}: its file by URL is refused`, installed, /^nothing/, output);
  expect(
    `${client}: with a reason that it shows`,
    output.replaceAll(/\s+/g, " "),
    /was uploaded at .* offers only what is/,
  );
});
const explain = (wanted: string) => run([...larder, "policy", "explain", wanted, "--gateway", index]);
const explained = await explain("demo==1.1");
expect("larder policy explain says why", explained.output, /^withheld {2}demo-1\.1.* until .*\n.* was uploaded at /);
expect("and ends with 3", explained.status, 3);
expect("and with 0 for what is offered", (await explain("demo==1.0")).status, 0);
await both(async (client) => {
  const { installed, output } = await install(client, "ours");
  expect(`${client}: what is exempt is installed at once`, installed, "1.0", output);
});
await both(async (client) => {
  const { installed, output } = await install(client, "undated");
  expect(`${client}: what has no upload time is not installed`, installed, /^nothing/, output);
});
const left = started + wait * 1000 - Date.now();
expect("all of this before the new version is old enough", left > 0, true);
await delay(left);
await both(async (client) => {
  const { installed, output } = await install(client, "demo");
  expect(`${client}: the second that it is old enough it is installed`, installed, "1.1", output);
});
await gateway.stop();
await upstream.close();

for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? "the policy holds" : `${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
