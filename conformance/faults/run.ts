// One case: a client installs through a gateway, five times, while the upstream is wrong.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch, startGateway } from "../process.ts";
import { startUpstream } from "../upstream/index.ts";
import { payload, sdist, wheel } from "../upstream/packages.ts";
import { type Case, type Outcome, type Step, steps } from "./cases.ts";
import { type ClientName, clients } from "./clients.ts";

export interface Report {
  readonly fault: string;
  readonly from: Case["from"];
  readonly client: ClientName;
  /** what each step showed */
  readonly steps: Readonly<Record<Step, string>>;
  /** what is not as expected; empty = the case passes */
  readonly faults: readonly string[];
  readonly seconds: number;
  /** what the client and the gateway wrote */
  readonly log: string;
}

/** @param direct without a gateway in between, to see what it is good for */
export async function runCase(row: Case, client: ClientName, direct = false): Promise<Report> {
  const started = performance.now();
  const upstream = await startUpstream();
  const demo = (version: string) => upstream.publish("demo", wheel("demo", version, ["demo-base>=1"]));
  upstream.publish("demo-base", wheel("demo-base", "1.0"));
  upstream.publish("demo-sdist", sdist("demo-sdist", "1.0"));
  demo("1.0");
  const mounts = [`/pypi/=pypi:${upstream.index}`];
  const file = join(scratch("config"), "larder.toml");
  writeFileSync(file, row.settings ?? "");
  const args = ["--config", file, "--fresh", "0", "--log-format", "json"];
  const gateway = direct ? undefined : await startGateway({ mounts, args });
  const index = gateway === undefined ? upstream.index : `${gateway.url}/pypi/simple/`;
  const cache = scratch("cache");
  const seen: Partial<Record<Step, string>> = {};
  const faults: string[] = [];
  let log = "";

  const before: Readonly<Record<Step, () => void>> = {
    first: () => row.from === "start" && upstream.switchTo(row.fault),
    again: () => row.from === "first" && upstream.switchTo(row.fault),
    published: () => demo("1.1"),
    unplugged: () => {
      if (row.fault !== "none" && upstream.faulty() === 0)
        faults.push("the upstream was never asked so that it went wrong");
      upstream.switchTo("503 always");
    },
    healed: () => {
      upstream.switchTo("none");
      demo("1.2");
    },
  };
  for (const step of steps) {
    before[step]();
    const asked = upstream.log.length;
    const target = join(scratch("target"), "site");
    const wanted = ["demo", ...(row.also ?? [])];
    const args = step === "published" && row.refresh === true ? ["--refresh"] : [];
    const own = step === "unplugged" ? scratch("cache") : cache;
    const done = await clients[client]({ index, wanted, cache: own, target, args });
    const requests = upstream.log
      .slice(asked)
      .map((r) => `${r.method} ${r.path} ${JSON.stringify(r.conditions)} ${r.status}`);
    log += `\n=== ${step}\n${done.output}\n--- upstream\n${requests.join("\n")}\n`;
    seen[step] = installed(target, done.status === 0, row.also ?? []);
    if (seen[step] !== row.expected[step]) faults.push(`${step}: ${seen[step]} where ${row.expected[step]} is right`);
    if (done.output.includes("unusable 304")) faults.push(`${step}: uv was given an unusable 304`);
    if (
      step === "again" &&
      row.expected.again !== "refused" &&
      /Found modified response for: .*\/simple\//.test(done.output)
    )
      faults.push("again: uv was given a page anew that had not changed");
  }
  await gateway?.stop();
  await upstream.close();
  log += `\n=== larder\n${gateway?.output() ?? ""}`;
  const seconds = (performance.now() - started) / 1000;
  return { fault: row.fault, from: row.from, client, steps: seen as Report["steps"], faults, seconds, log };
}

/** What is in the folder: the version of `demo`, or what is wrong with it. */
function installed(target: string, success: boolean, also: readonly string[]): Outcome | string {
  const demo = join(target, "demo");
  if (!existsSync(demo)) return success ? "nothing, and no word of it" : "refused";
  const version = /"(.*)"/.exec(readFileSync(join(demo, "__init__.py"), "utf8"))?.[1] ?? "";
  if (!success) return `${version}, and yet a failure`;
  if (readFileSync(join(demo, "payload.txt"), "utf8") !== payload("demo", version))
    return `${version} with wrong content`;
  const missing = ["demo-base", ...also].filter((name) => !existsSync(join(target, name.replaceAll("-", "_"))));
  return missing.length === 0 ? version : `${version} without ${missing.join(", ")}`;
}
