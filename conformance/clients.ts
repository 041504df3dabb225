// `npm run conformance:clients [-- --only TEXT] [-- --client NAME]`: what HTTP clients with a cache do when an index is
// wrong about what has changed, as the table of docs/clients.md: each asks for a project's page, asks for it again to be
// validated, and once more after a new version came out. Fails when @larder/client doesn't do what it should.
import { parseArgs } from "node:util";
import { askers, type Seen } from "./clients/askers.ts";
import { preparePython } from "./python.ts";
import type { FaultName } from "./upstream/faults.ts";
import { startUpstream } from "./upstream/index.ts";
import { wheel } from "./upstream/packages.ts";

const { values: options } = parseArgs({
  options: { only: { type: "string", default: "" }, client: { type: "string" } },
});

/** When the fault begins: before the first question, or after it; and what @larder/client does. */
const cases: readonly (readonly [FaultName, "start" | "first", ours: string])[] = [
  ["none", "start", "304, new"],
  ["304 without validators", "start", "304, new"],
  ["304 with only Date", "start", "304, new"],
  ["304 with another tag", "start", "whole, new"],
  ["304 unasked, once", "start", "304, new"],
  ["304 unasked, for ever", "start", "nothing"],
  ["Last-Modified on 200 only", "start", "304, new"],
  ["no validators", "start", "whole, new"],
  ["no validators, and 304 unasked", "first", "whole, fails"],
  ["Last-Modified without Cache-Control", "start", "304, new"],
  ["max-age of a day", "start", "304, new"],
  ["Date in the past", "start", "304, new"],
  ["Date in the future", "start", "304, new"],
  ["weak tags", "start", "304, new"],
  ["one strong tag for gzip and plain", "start", "304, new"],
  ["same tag, other content", "start", "whole, new"],
  ["Vary missing", "start", "304, new"],
  ["Vary: *", "start", "whole, new"],
  ["500 on validation", "first", "fails, fails"],
  ["503 on validation", "first", "fails, fails"],
  ["429 on validation", "first", "fails, fails"],
  ["time-out on validation", "first", "fails, fails"],
  ["reset in a page", "first", "304, fails"],
  ["Content-Length of a page too short", "first", "304, cut"],
  ["redirects to another host", "start", "304, new"],
  ["wrong in many ways", "start", "304, new"],
];

/** A page that ends too early, and nothing tells: that is what its Content-Length says. */
function isCut(answer: Seen): boolean {
  return "text" in answer && answer.text.startsWith("{") && !answer.text.trimEnd().endsWith("}");
}

/** What a client made of it, in two words: of the same page, and of the one with a new version. */
async function outcome(fault: FaultName, from: "start" | "first", name: string): Promise<string> {
  // not every client can be told to ask
  const upstream = await startUpstream({ fresh: 0 });
  try {
    const publish = (version: string) => upstream.publish("demo", wheel("demo", version));
    const has = (answer: Seen, version: string) => "text" in answer && answer.text.includes(`demo-${version}-py3`);
    publish("1.0");
    if (from === "start") upstream.switchTo(fault);
    const ask = await askers[name]!({ page: `${upstream.index}demo/`, index: upstream.index });
    const first = await ask();
    if (!has(first, "1.0")) return "nothing";
    if (from === "first") upstream.switchTo(fault);
    const asked = upstream.log.length;
    const again = await ask();
    const pages = upstream.log.slice(asked).filter(({ path }) => path.endsWith("/simple/demo/"));
    // what is never sent is no answer
    const statuses = fault === "time-out on validation" ? [] : pages.map(({ status }) => status);
    const word = !has(again, "1.0")
      ? "fails"
      : statuses.includes(200)
        ? "whole"
        : statuses.includes(304)
          ? "304"
          : "stored";
    publish("1.1");
    const last = await ask();
    return `${word}, ${has(last, "1.1") ? "new" : isCut(last) ? "cut" : has(last, "1.0") ? "old" : "fails"}`;
  } finally {
    await upstream.close();
  }
}

await preparePython();
const names = Object.keys(askers).filter((name) => (options.client ?? name) === name);
console.log(`| fault | ${names.join(" | ")} |\n| ${["", ...names].map(() => "---").join(" | ")} |`);
const faults: string[] = [];
for (const [fault, from, ours] of cases.filter(([fault]) => fault.includes(options.only))) {
  const row = await Promise.all(names.map((name) => outcome(fault, from, name)));
  console.log(`| ${fault} | ${row.join(" | ")} |`);
  const found = row[names.indexOf("@larder/client")];
  if (found !== undefined && found !== ours) faults.push(`${fault}: ${found} where ${ours} is right`);
}
for (const fault of faults) console.error(fault);
process.exit(faults.length === 0 ? 0 : 1);
