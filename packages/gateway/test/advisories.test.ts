import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ConfigFault } from "@larder/server";
import { readAdvisories } from "../src/advisories.ts";
import { openFacts } from "../src/facts.ts";
import { openRules } from "../src/rules.ts";
import { zipOf } from "./zips.ts";

const folder = mkdtempSync(join(tmpdir(), "larder-advisories-"));
after(() => rmSync(folder, { recursive: true }));

const report = (id: string, name: string) =>
  JSON.stringify({ id, affected: [{ package: { ecosystem: "PyPI", name }, versions: ["1.0"] }] });
const members = [
  { path: "GHSA-1.json", content: "not even looked at" },
  { path: "MAL-2026-1.json", content: report("MAL-2026-1", "Evil.One") },
  { path: "deeper/MAL-2026-2.json", content: report("MAL-2026-2", "evil-one") },
];
const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
};

describe("an OSV export", () => {
  const zip = write("all.zip", zipOf(members));
  for (const { path, content } of members) write(join("tree", path), content);

  for (const path of [zip, join(folder, "tree")])
    test(`${path.endsWith("zip") ? "as a ZIP archive" : "as a folder"}: its MAL- reports by project`, async () => {
      const { byName } = await readAdvisories(path);
      assert.deepEqual(
        [...byName].map(([name, all]) => [name, all.map(({ id }) => id).sort()]),
        [["evil-one", ["MAL-2026-1", "MAL-2026-2"]]],
      );
    });

  test("has another revision when a report changes", async () => {
    const changed = write("changed.zip", zipOf([{ path: "MAL-2026-1.json", content: report("MAL-2026-1", "other") }]));
    const revisions = [zip, zip, changed].map(async (path) => (await readAdvisories(path)).revision);
    const [first, again, other] = await Promise.all(revisions);
    assert.equal(first, again);
    assert.notEqual(first, other);
  });

  const wrong: readonly [says: string, path: string, message: RegExp][] = [
    [
      "with a report that is no JSON",
      write("broken.zip", zipOf([{ path: "MAL-1.json", content: "{" }])),
      /MAL-1\.json in .* is no JSON/,
    ],
    ["without any report", write("empty.zip", zipOf([])), /it is no OSV export/],
    ["that is no archive", write("text.zip", "x".repeat(100)), /central directory/i],
    [
      "with a report that is longer than it says",
      write("bomb.zip", zipOf([{ path: "MAL-1.json", content: " ".repeat(1e6), size: 10 }])),
      /too many bytes/,
    ],
    [
      "with a report of many megabytes",
      write("big.zip", zipOf([{ path: "MAL-1.json", content: "", size: 1e9 }])),
      /has more than 8388608 octets/,
    ],
    ["that isn't there", join(folder, "none"), /ENOENT/],
  ];
  for (const [says, path, message] of wrong)
    test(`${says} is refused`, async () => {
      await assert.rejects(readAdvisories(path), message);
    });
});

describe("the rules of mounts that name an export", () => {
  const policy = { exempt: [], block: [], allow: [], hidePreReleases: false, onlyBinary: false };
  const one = (id: string, name: string) => zipOf([{ path: `${id}.json`, content: report(id, name) }]);

  test("follow the file when it changes; what can't be read changes nothing and is told", async () => {
    const path = write("living.zip", one("MAL-1", "first"));
    const faults: string[] = [];
    let now = 1_000_000;
    const mounts = [
      { keySpace: "a ", config: { policy: { ...policy, advisories: path } } },
      { keySpace: "b ", config: { policy } },
      { keySpace: "c ", config: {} },
    ];
    const book = await openRules(
      mounts,
      openFacts(":memory:"),
      () => now,
      (what) => faults.push(what),
    );
    const names = () => [...(book.rules.get("a ")?.policy?.advisories?.keys() ?? [])];
    const before = book.rules.get("a ")!;
    assert.deepEqual(names(), ["first"]);
    assert.equal(book.rules.get("b ")?.policy?.advisories, undefined);
    assert.equal(book.rules.get("c ")?.policy, undefined);

    now += 5000;
    await book.look();
    assert.equal(book.rules.get("a "), before, "nothing changed");
    write("living.zip", one("MAL-2", "another"));
    await book.look();
    const after = book.rules.get("a ")!;
    assert.deepEqual(names(), ["another"]);
    assert.notEqual(after.revision, before.revision);
    assert.equal(after.since, now, "pages are younger from then on");
    write("living.zip", "half of it");
    await book.look();
    assert.deepEqual([names(), faults.length], [["another"], 1]);
    assert.match(faults[0]!, /living\.zip; the ones read before hold/);
  });

  test("that can't be read at the start", async () => {
    const mounts = [{ keySpace: "a ", config: { policy: { ...policy, advisories: join(folder, "none.zip") } } }];
    const opened = openRules(mounts, openFacts(":memory:"), Date.now, () => undefined);
    await assert.rejects(
      opened,
      (error) => error instanceof ConfigFault && /none\.zip can't be read: /.test(error.message),
    );
  });
});
