// `npm run conformance:client [-- --suite DIR] [-- --id ID] [-- --plain]`: http-cache-tests with the cached fetch of
// @larder/client as its client, nothing in between. Chooses the tests as the suite does for a browser's cache. Fails
// when a required test fails, when an optimal one fails that client-expected.toml does not name, and when one that it
// names passes. `--plain` uses the fetch that is there, to see what the suite says of no cache at all.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { createCachedFetch } from "@larder/client";
import { type Group, judge, loadGroups, type Result, startSuite, suiteIn, verdicts } from "./cache-tests/suite.ts";

const { values: options } = parseArgs({
  options: {
    suite: { type: "string" },
    id: { type: "string", default: "" },
    plain: { type: "boolean", default: false },
  },
});
const suite = suiteIn(options.suite);
const groups: Group[] = (await loadGroups(suite)).map((group) => ({
  ...group,
  tests: group.tests
    .filter((test) => !test.browser_skip && !test.cdn_only && (options.id === "" || test.id === options.id))
    .map((test) => (options.id === "" ? test : { ...test, dump: true })),
}));
const server = await startSuite(suite);
const network = globalThis.fetch;
const cached = options.plain ? network : createCachedFetch({ fetch: network });
/**
 * The suite's own questions to its server are not what is tested. Where a cache has nothing that it may answer with, the
 * suite wants a status; a fetch has none then, it fails (RFC 9111 §5.2.2.2 names 504).
 */
const client: typeof fetch = async (input, init) => {
  if (!String(input).includes("/test/")) return network(input, init);
  try {
    return await cached(input, init);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return new Response(error.message, { status: 504 });
  }
};

const runner = (await import(pathToFileURL(join(suite.engine, "client/runner.mjs")).href)) as {
  runTests(...args: unknown[]): Promise<void>;
  getResults(): Record<string, Result>;
};
// npm's edition is given its fetch, the later one uses the global
globalThis.fetch = client;
const before = suite.published ? [groups, client] : [groups];
await runner.runTests(...before, true, server.origin, 50);
const results = runner.getResults();
await server.stop();
if (options.id !== "") {
  console.log(server.output(), results);
  process.exit(0);
}
const tests = groups.flatMap((group) => group.tests);
process.exit(judge(suite, verdicts(tests, results), "client-expected.toml") === 0 ? 0 : 1);
