// `npm run conformance:http [-- --suite DIR] [-- --id ID] [-- --checks] [-- --workers N]`: http-cache-tests against a plain
// `http` mount of `larder gateway`, of one process or of so many workers. Fails when a required test fails, when an optimal one fails that
// http-expected.toml does not name, when one that it names passes, and when
// a `check` test finds other than spec/CHOICES.md says. `--checks` prints what each of these finds.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { judgeChoices } from "./cache-tests/choices.ts";
import { judge, loadGroups, type Result, startSuite, suiteIn, verdicts } from "./cache-tests/suite.ts";
import { run, startGateway } from "./process.ts";

const { values: options } = parseArgs({
  options: {
    suite: { type: "string" },
    id: { type: "string", default: "" },
    checks: { type: "boolean", default: false },
    workers: { type: "string", default: "1" },
  },
});
const suite = suiteIn(options.suite);

/** Runs the suite's own server and command line, with the gateway in between. */
async function results(): Promise<Record<string, Result>> {
  const server = await startSuite(suite);
  const gateway = await startGateway({ mounts: [`/=http:${server.origin}`], args: ["--workers", options.workers] });
  const cli = await run([process.execPath, "--no-warnings", join(suite.engine, "cli.mjs")], {
    cwd: suite.folder,
    env: {
      ...(server.env as Record<string, string>),
      npm_config_base: gateway.url,
      npm_config_id: options.id,
      npm_package_config_id: "",
    },
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

// the tests that are meant for a reverse proxy, as the suite's own command line chooses them
const tests = (await loadGroups(suite)).flatMap((group) => group.tests.filter((test) => !test.browser_only));
const judged = verdicts(tests, await results());
const faults = judge(suite, judged, "http-expected.toml") + judgeChoices(suite, judged, options.checks);
process.exit(faults === 0 ? 0 : 1);
