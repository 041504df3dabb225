import assert from "node:assert/strict";
import { test } from "node:test";
import { type IndexPolicy, type ProjectFile, withhold } from "../src/index.ts";
import type { Judged } from "../src/pypi/withhold.ts";
import { file, page } from "./samples.ts";

export const day = 86_400;
export const now = Date.UTC(2026, 0, 31);
export const daysAgo = (days: number) => new Date(now - days * day * 1000).toISOString();
export const named = (filename: string, changes: Partial<ProjectFile> = {}): ProjectFile =>
  file({ filename, url: `https://files.example/${filename}`, uploadTime: daysAgo(100), ...changes });
export const wheel = (version: string, changes: Partial<ProjectFile> = {}) =>
  named(`foo-${version}-py3-none-any.whl`, changes);

export const nothing: IndexPolicy = { exempt: [], block: [], allow: [], hidePreReleases: false, onlyBinary: false };
/** What a policy makes of a page with these files. */
export const judge = (policy: Partial<IndexPolicy>, files: readonly ProjectFile[], at = now): Judged =>
  withhold(page({ files }), { ...nothing, ...policy }, at);
/** What is withheld: file names without their ending, each with the reason. */
export const told = ({ withheld }: Judged) =>
  Object.fromEntries(withheld.map(({ file, because }) => [file.filename.replace(/-py3.*|\.tar\.gz$/, ""), because]));

interface Row {
  readonly says: string;
  readonly policy: Partial<IndexPolicy>;
  readonly files: readonly ProjectFile[];
  readonly withheld: Readonly<Record<string, string>>;
}
/** A test for each row. */
export function check(rows: readonly Row[]): void {
  for (const { says, policy, files, withheld } of rows)
    test(says, () => {
      const judged = judge(policy, files);
      assert.deepEqual(told(judged), withheld);
      const left = files.filter((one) => !judged.withheld.some((held) => held.file === one));
      assert.deepEqual(judged.page.files, left);
    });
}
