// What the runs of http-cache-tests have in common: its tests, its server, and what its results mean.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "smol-toml";
import { freePort, type Running, root, scratch, start } from "../process.ts";

export interface Test {
  readonly id: string;
  readonly kind?: "required" | "optimal" | "check";
  readonly depends_on?: readonly string[];
  readonly browser_only?: boolean;
  readonly browser_skip?: boolean;
  readonly cdn_only?: boolean;
}

/** Tests that belong together, as the suite's own runner takes them. */
export interface Group {
  readonly id: string;
  readonly tests: readonly Test[];
}

export type Result = true | readonly [error: string, message: string];

/**
 * `blocked`: a test that it depends on does not pass, so it says nothing. `retry`: the origin was asked twice for one
 * request, which the suite can't judge.
 */
type Verdict = "pass" | "fail" | "setup" | "retry" | "blocked";

/** Where an edition of the suite lies, and the folder of its programs. */
export interface Suite {
  readonly folder: string;
  readonly engine: string;
  /** whether it is the edition that npm has */
  readonly published: boolean;
}

/** @param folder of an edition; left out: npm's */
export function suiteIn(folder: string | undefined): Suite {
  const found = folder ?? join(root, "node_modules/http-cache-tests");
  const engine = existsSync(join(found, "test-engine")) ? join(found, "test-engine") : found;
  return { folder: found, engine, published: folder === undefined };
}

/** All tests of an edition. */
export async function loadGroups({ folder }: Suite): Promise<Group[]> {
  const files = ["index.mjs", "surrogate-control.mjs"].map((name) => join(folder, "tests", name)).filter(existsSync);
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(file).href)));
  return modules.flatMap((module: { default: unknown }) => [module.default].flat() as Group[]);
}

/** The suite's own server on a free port of loopback. */
export async function startSuite({
  folder,
  engine,
}: Suite): Promise<Running & { origin: string; env: NodeJS.ProcessEnv }> {
  const port = await freePort();
  const env = {
    ...(process.env as Record<string, string>),
    npm_config_protocol: "http",
    npm_config_port: String(port),
    npm_config_pidfile: join(scratch("http"), "pid"),
  };
  const origin = `http://127.0.0.1:${port}`;
  const loopback = ["--import", pathToFileURL(join(root, "conformance/loopback.ts")).href];
  const command = [process.execPath, "--no-warnings", ...loopback, join(engine, "server/server.mjs")];
  return { ...(await start(command, origin, { cwd: folder, env })), origin, env };
}

/** A test with what came of it. */
export interface Judged extends Test {
  readonly kind: "required" | "optimal" | "check";
  readonly is: Verdict;
  /** what the suite says where it does not pass */
  readonly why?: string;
}

/** What came of each test. */
export function verdicts(list: readonly Test[], found: Readonly<Record<string, Result>>): readonly Judged[] {
  const tests = new Map(list.map((test) => [test.id, test]));
  const verdictOf = (id: string): Verdict => {
    const result = found[id];
    const dependsOn = tests.get(id)?.depends_on ?? [];
    if (dependsOn.some((other) => tests.has(other) && verdictOf(other) !== "pass")) return "blocked";
    if (result === true) return "pass";
    if (result?.[0] !== "Setup") return "fail";
    return result[1] === "retry" ? "retry" : "setup";
  };
  return list.map((test) => {
    const result = found[test.id];
    const why = result === undefined ? "it gave no result" : result === true ? undefined : result[1];
    return { ...test, kind: test.kind ?? "required", is: verdictOf(test.id), ...(why !== undefined && { why }) };
  });
}

/**
 * Prints how many tests pass, and what is not as the file of expectations has it.
 * @param expectations `optimal`: optimal tests that may fail; `superseded`: required ones of npm's edition that the
 *   suite has since taken back; `retry`: tests that may ask the origin twice; each with the reason
 * @returns how many faults there are
 */
export function judge(suite: Suite, judged: readonly Judged[], expectations: string): number {
  for (const kind of ["required", "optimal", "check"] as const) {
    const of = judged.filter((test) => test.kind === kind);
    const count = (is: Verdict) => of.filter((test) => test.is === is).length;
    console.log(
      `${kind}: ${count("pass")} of ${of.length} pass, ${count("fail")} fail, ` +
        `${count("setup")} not set up, ${count("retry")} asked twice, ${count("blocked")} blocked by another test`,
    );
  }

  const file = join(root, "conformance", expectations);
  const {
    optimal = {},
    retry = {},
    superseded = {},
  } = parse(readFileSync(file, "utf8")) as Record<string, Record<string, string>>;
  const errors: string[] = [];
  for (const { id, kind, is, why, depends_on } of judged) {
    if (kind === "check") continue;
    if (is === "blocked") {
      console.log(`blocked: ${id} (${kind}) waits for ${depends_on!.join(", ")}`);
      continue;
    }
    const withdrawn = suite.published && id in superseded;
    const listed = is === "retry" ? id in retry : withdrawn || (kind === "optimal" && id in optimal);
    if (is === "pass" && (id in retry || id in optimal || withdrawn))
      errors.push(`${id} (${kind}) passes now: take it out of conformance/${expectations}`);
    if (is !== "pass" && !listed) errors.push(`${id} (${kind}, ${is}): ${why}`);
  }
  for (const id of Object.keys({ ...optimal, ...retry, ...superseded }))
    if (suite.published && !judged.some((test) => test.id === id))
      errors.push(`${id} is in ${expectations}, but not in the suite`);
  for (const error of errors) console.error(error);
  console.log(errors.length === 0 ? "http-cache-tests: as expected" : `http-cache-tests: ${errors.length} faults`);
  return errors.length;
}
