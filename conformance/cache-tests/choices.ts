// spec/CHOICES.md against what the suite's `check` tests find.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../process.ts";
import type { Judged, Suite } from "./suite.ts";

const row = /^\| ([\w=.-]+) \| (\w+)(?:, npm: (\w+))? \| (.+) \|$/gm;

/**
 * @param judged all tests of an edition that were run
 * @param show whether each check's result is printed
 * @returns how many are not as the page says, or are on one side alone
 */
export function judgeChoices(suite: Suite, judged: readonly Judged[], show: boolean): number {
  const page = readFileSync(join(root, "spec/CHOICES.md"), "utf8");
  const choices = new Map(
    [...page.matchAll(row)].flatMap(([, id, newest, npm]) =>
      id === "test" ? [] : [[id!, (suite.published ? npm : undefined) ?? newest!] as const],
    ),
  );
  const checks = judged.filter(({ kind }) => kind === "check");
  const faults: string[] = [];
  for (const { id, is, why } of checks) {
    const said = choices.get(id);
    if (show) console.log(`${is.padEnd(7)} ${id}${why === undefined ? "" : `: ${why}`}`);
    if (said !== undefined && said !== is) faults.push(`${id}: spec/CHOICES.md says ${said}, it is ${is}`);
    // the older edition has checks that the newer one has taken back
    if (said === undefined && !suite.published) faults.push(`${id} (${is}) is not in spec/CHOICES.md`);
  }
  if (!suite.published)
    for (const id of choices.keys())
      if (!checks.some((check) => check.id === id)) faults.push(`${id} is in spec/CHOICES.md, but not in the suite`);
  for (const fault of faults) console.error(fault);
  console.log(`choices: ${checks.length} check tests, ${faults.length} not as spec/CHOICES.md says`);
  return faults.length;
}
