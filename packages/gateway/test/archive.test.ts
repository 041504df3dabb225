import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { exportArchive, importArchive } from "../src/archive/carry.ts";
import { openSource } from "../src/archive/source.ts";
import { verifyArchive } from "../src/archive/verify.ts";
import { openFacts } from "../src/facts.ts";
import {
  config,
  contentsOf,
  dataWith,
  demo,
  file,
  fresh,
  page,
  root,
  start,
  upstream,
  watcher,
} from "./archive-folders.ts";

describe("a mount over an air gap", () => {
  for (const name of ["folder", "file.tar"]) {
    test(`${name}: there is what was here, what was learned about files too`, async () => {
      const here = await dataWith(...demo);
      const facts = openFacts(join(here, "facts.db"));
      facts.learn("pypi /pypi/ ", "demo", file, { size: 7, seen: start }, start);
      facts.close();
      const path = join(root, randomUUID() + name);
      const steps: string[] = [];
      const onStep = (done: number, total: number) => steps.push(`${done}/${total}`);
      const done = await exportArchive(config(here), "pypi", path, { ...watcher, onStep });
      assert.deepEqual(done, { responses: 6, bytes: 300_000 + 6 + 9 + 3, lost: [] });
      assert.deepEqual(steps, ["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
      const there = fresh();
      assert.deepEqual(await importArchive(config(there), undefined, path, watcher), { imported: 6, there: 0 });
      assert.deepEqual(await contentsOf(there), await contentsOf(here));
      const learned = openFacts(join(there, "facts.db"));
      assert.deepEqual(learned.of("pypi /pypi/ ", "demo").files.get(file), { size: 7, seen: start });
      learned.close();
      assert.deepEqual(await importArchive(config(there), undefined, path, watcher), { imported: 0, there: 6 });
    });
  }

  test("into another prefix, with other credentials", async () => {
    const here = await dataWith(...demo);
    const path = `${fresh()}.tar`;
    await exportArchive(config(here), "/pypi/", path, watcher);
    const there = fresh();
    const mount = `/other/=pypi:${upstream.replace("//", "//user:password@")}`;
    await importArchive(config(there, mount), "/other/", path, watcher);
    const keys = (await contentsOf(there)).map(({ cacheKey }) => cacheKey);
    assert.equal(keys.length, 6);
    for (const key of keys) assert.match(key, /^pypi \/other\/ [\w-]+ https:/);
    // a mount without credentials has none of what they brought
    const without = `${fresh()}.tar`;
    const none = await exportArchive(config(there, `/other/=pypi:${upstream}`), "/other/", without, watcher);
    assert.equal(none.responses, 0);
  });

  test("a mount with mirrors: each response once, with the upstream that it is of", async () => {
    const mirror = "https://mirror.example/simple/";
    const here = await dataWith({ target: page, text: "a page" }, { target: `${mirror}demo/`, text: "its page" });
    const mount = `/pypi/=pypi:${upstream},${mirror}`;
    const path = fresh();
    assert.equal((await exportArchive(config(here, mount), "/pypi/", path, watcher)).responses, 2);
    const { responses } = await verifyArchive(openSource(path));
    assert.deepEqual(responses.map((one) => one.upstream).sort(), [upstream, mirror]);
    const there = fresh();
    await importArchive(config(there, mount), undefined, path, watcher);
    assert.deepEqual(await contentsOf(there), await contentsOf(here));
    await assert.rejects(importArchive(config(fresh()), undefined, path, watcher), /from a mount of https:\/\/mirror/);
  });

  test("what is there and newer stays; what is older goes, and its content is a second newer at least", async () => {
    const here = await dataWith(
      { target: page, text: "new", at: start + 10 },
      { target: file, text: "old", at: start },
    );
    const path = fresh();
    await exportArchive(config(here), "/pypi/", path, watcher);
    const there = await dataWith(
      { target: page, text: "older", at: start + 5 },
      { target: file, text: "newer", at: start + 5 },
    );
    assert.deepEqual(await importArchive(config(there), undefined, path, watcher), { imported: 1, there: 1 });
    const [kept, replaced] = await contentsOf(there);
    assert.deepEqual([kept!.text, replaced!.text], ["newer", "new"]);
    assert.equal(replaced!.contentSince, start + 1005);
  });

  test("content that is damaged here is left out and told", async () => {
    const here = await dataWith(...demo);
    const folder = join(here, "content");
    const [one] = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    writeFileSync(join(one!.parentPath, one!.name), "y".repeat(300_000));
    const { lost, responses } = await exportArchive(config(here), "/pypi/", fresh(), watcher);
    assert.deepEqual([lost.length, responses], [2, 4]);
  });

  test("nothing is put over what is there, and nothing half is left behind", async () => {
    const here = await dataWith(...demo);
    const path = `${fresh()}.tar`;
    writeFileSync(path, "mine");
    await assert.rejects(exportArchive(config(here), "/pypi/", path, watcher), /is there already; choose another name/);
    assert.equal(readFileSync(path, "utf8"), "mine");
    const failing = {
      ...watcher,
      onStep: (done: number) => {
        if (done === 3) throw new Error("full");
      },
    };
    for (const target of [fresh(), `${fresh()}.tar`]) {
      await assert.rejects(exportArchive(config(here), "/pypi/", target, failing), /full/);
      assert.deepEqual(
        readdirSync(root).filter((name) => target.endsWith(name.replace(".partial", ""))),
        [],
      );
    }
  });
});
