// The ledger of requirements (`spec/*.md`): every row that binds us is in a test's name, and every id in a test's name
// is in the ledger. With `--show` it also prints each requirement with the files of its tests.
import { globSync, readFileSync } from "node:fs";

const levels = new Set(["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "ought", "rule"]);
const idShape = /^\d{4,5}:\d+(\.\d+)*-[a-z0-9-]+$/;
const mention = /#(\d{4,5}:[\d.]+-[a-z0-9-]+)/g;

interface Requirement {
  readonly id: string;
  readonly level: string;
  readonly what: string;
  /** the package that follows it, or "no: " and why it can't bind us */
  readonly ours: string;
}

const faults: string[] = [];
const ledger = new Map<string, Requirement>();
for (const file of globSync("spec/*.md").sort()) {
  for (const [at, line] of readFileSync(file, "utf8").split("\n").entries()) {
    if (!/^\| \d{4,5}:/.test(line)) continue;
    const [id = "", level = "", who = "", what = "", ours = "", ...more] = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    const place = `${file}:${at + 1}: ${id}`;
    if (!idShape.test(id)) faults.push(`${place}: an id is RFC:section-words, such as 9111:3-no-store`);
    if (`spec/rfc${id.split(":")[0]}.md` !== file) faults.push(`${place}: belongs into the file of its RFC`);
    if (!levels.has(level)) faults.push(`${place}: no such level: ${level}`);
    if (who === "" || what === "" || more.length > 0) faults.push(`${place}: a row has five cells, none of them empty`);
    if (!/^(no: .+|[a-z]+)$/.test(ours))
      faults.push(`${place}: says neither which package follows it nor "no: " and why`);
    if (ledger.has(id)) faults.push(`${place}: is there twice`);
    ledger.set(id, { id, level, what, ours });
  }
}

const tests = new Map<string, Set<string>>();
for (const file of globSync(["packages/*/test/**/*.ts", "conformance/**/*.ts"]).sort()) {
  for (const [, id] of readFileSync(file, "utf8").matchAll(mention)) {
    if (!ledger.has(id!)) faults.push(`${file}: names #${id}, which is not in spec/`);
    tests.set(id!, (tests.get(id!) ?? new Set()).add(file));
  }
}

const binding = [...ledger.values()].filter(({ ours }) => !ours.startsWith("no:"));
for (const { id, level, what } of binding) {
  if (!tests.has(id)) faults.push(`#${id} is in no test's name: ${level}: ${what}`);
}

if (process.argv.includes("--show")) {
  for (const { id, level, what, ours } of ledger.values()) {
    console.log(`${id}  ${level}  ${what}\n    ${ours}: ${[...(tests.get(id) ?? [])].join(", ") || "-"}`);
  }
}
for (const fault of faults) console.error(fault);
const shown = binding.filter(({ id }) => tests.has(id)).length;
console.log(
  `${ledger.size} requirements, ${binding.length} bind us, ${shown} of these have tests; ${faults.length} faults`,
);
process.exit(faults.length === 0 ? 0 : 1);
