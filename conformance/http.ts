// `npm run conformance:http [-- --suite DIR] [-- --id ID]`: http-cache-tests against a plain `http`
// mount of `larder gateway`. Fails when a required test fails, when an optimal one fails that
// http-expected.toml does not name, and when one that it names passes.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { parse } from "smol-toml";
import { freePort, root, run, scratch, start, startGateway } from "./process.ts";

interface Test {
  readonly id: string;
  readonly kind?: "required" | "optimal" | "check";
  readonly depends_on?: readonly string[];
  readonly browser_only?: boolean;
}
type Result = true | readonly [error: string, message: string];
/**
 * `blocked`: a test that it depends on does not pass, so it says nothing. `retry`: the origin was asked twice for one
 * request, which the suite can't judge.
 */
type Verdict = "pass" | "fail" | "setup" | "retry" | "blocked";

const { values: options } = parseArgs({
  options: { suite: { type: "string" }, id: { type: "string", default: "" } },
});
const suite = options.suite ?? join(root, "node_modules/http-cache-tests");
const engine = existsSync(join(suite, "test-engine")) ? join(suite, "test-engine") : suite;

/** The suite's tests that are meant for a reverse proxy, as its own command line chooses them. */
async function load(): Promise<Test[]> {
  const files = ["index.mjs", "surrogate-control.mjs"].map((name) => join(suite, "tests", name)).filter(existsSync);
  const suites = await Promise.all(files.map((file) => import(pathToFileURL(file).href)));
  return suites.flatMap((module: { default: unknown }) =>
    [module.default].flat().flatMap((group) => (group as { tests: Test[] }).tests.filter((test) => !test.browser_only)),
  );
}

/** Runs the suite's own server and command line, with the gateway (or what `--base` names) in between. */
async function results(): Promise<Record<string, Result>> {
  const port = await freePort();
  const env = {
    ...(process.env as Record<string, string>),
    npm_config_protocol: "http",
    npm_config_port: String(port),
    npm_config_pidfile: join(scratch("http"), "pid"),
  };
  const origin = `http://127.0.0.1:${port}`;
  const node = [process.execPath, "--no-warnings"];
  const loopback = ["--import", pathToFileURL(join(root, "conformance/loopback.ts")).href];
  const server = await start([...node, ...loopback, join(engine, "server/server.mjs")], origin, { cwd: suite, env });
  const gateway = await startGateway({ mounts: [`/=http:${origin}`] });
  const cli = await run([...node, join(engine, "cli.mjs")], {
    cwd: suite,
    env: { ...env, npm_config_base: gateway.url, npm_config_id: options.id, npm_package_config_id: "" },
    seconds: 600,
  });
  await gateway.stop();
  await server.stop();
  if (options.id !== "") {
    console.log(`${server.output()}\n${cli.output}`);
    process.exit(0);
  }
  const json = cli.stdout.slice(cli.stdout.search(/^\{$/m));
  try {
    return JSON.parse(json);
  } catch {
    throw new Error(`the suite's command line gave no results; it ended with ${cli.status} and wrote:\n${cli.output}`);
  }
}

const tests = new Map((await load()).map((test) => [test.id, test]));
const found = await results();

function verdict(id: string): Verdict {
  const result = found[id];
  const dependsOn = tests.get(id)?.depends_on ?? [];
  if (dependsOn.some((other) => verdict(other) !== "pass")) return "blocked";
  if (result === true) return "pass";
  if (result?.[0] !== "Setup") return "fail";
  return result[1] === "retry" ? "retry" : "setup";
}

const verdicts = [...tests.values()].map((test) => ({ ...test, kind: test.kind ?? "required", is: verdict(test.id) }));
for (const kind of ["required", "optimal", "check"] as const) {
  const of = verdicts.filter((test) => test.kind === kind);
  const count = (is: Verdict) => of.filter((test) => test.is === is).length;
  console.log(
    `${kind}: ${count("pass")} of ${of.length} pass, ${count("fail")} fail, ` +
      `${count("setup")} not set up, ${count("retry")} asked twice, ${count("blocked")} blocked by another test`,
  );
}

const file = join(root, "conformance/http-expected.toml");
const { optimal = {}, retry = {}, superseded = {} } = parse(readFileSync(file, "utf8")) as Record<
  string,
  Record<string, string>
>;
const errors: string[] = [];
for (const { id, kind, is, depends_on } of verdicts) {
  if (kind === "check") continue;
  if (is === "blocked") {
    console.log(`blocked: ${id} (${kind}) waits for ${depends_on!.join(", ")}`);
    continue;
  }
  const withdrawn = options.suite === undefined && id in superseded;
  const listed = is === "retry" ? id in retry : withdrawn || (kind === "optimal" && id in optimal);
  const why = found[id] === undefined ? "it gave no result" : (found[id] as readonly string[])[1];
  if (is === "pass" && (id in retry || id in optimal || withdrawn))
    errors.push(`${id} (${kind}) passes now: take it out of conformance/http-expected.toml`);
  if (is !== "pass" && !listed) errors.push(`${id} (${kind}, ${is}): ${why}`);
}
for (const id of Object.keys({ ...optimal, ...retry, ...superseded }))
  if (!tests.has(id) && options.suite === undefined)
    errors.push(`${id} is in http-expected.toml, but not in the suite`);
for (const error of errors) console.error(error);
console.log(errors.length === 0 ? "http-cache-tests: as expected" : `http-cache-tests: ${errors.length} faults`);
process.exit(errors.length === 0 ? 0 : 1);
