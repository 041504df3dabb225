import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatHttpDate } from "@larder/core";
import { bench, start, told } from "./bench.ts";
import { type Answer, fakeUpstream, slowBody } from "./fake-upstream.ts";

const page = (groups: string): Answer => ({
  fields: { Date: formatHttpDate(start), "Cache-Control": "max-age=60", ETag: '"1"', "Cache-Groups": groups },
  body: "old",
});
const at = (path: string, origin = "http://index.example") => ({ target: origin + path });
const invalidating = (groups: string, status = 200): Answer => ({
  status,
  fields: { "Cache-Group-Invalidation": groups },
});

/** Pages in these groups that are stored, then another request, and which of them must be validated after it. */
async function after(
  pages: Readonly<Record<string, string>>,
  request: { method: string; target: string },
  answer: Answer,
): Promise<string[]> {
  const urls = Object.keys(pages);
  const upstream = fakeUpstream(
    ...urls.map((url) => page(pages[url]!)),
    answer,
    ...urls.map((): Answer => ({ status: 304, fields: { ETag: '"1"' } })),
  );
  const { ask } = bench(upstream);
  for (const url of urls) await told(await ask({}, { target: url }));
  await told(await ask({}, request));
  const validated: string[] = [];
  for (const url of urls) if ((await ask({}, { target: url })).cacheStatus.fwd === "invalid") validated.push(url);
  return validated;
}

const a = "http://index.example/a";
const b = "http://index.example/b";
const c = "http://index.example/c";
const elsewhere = "http://other.example/a";

describe("9875 groups of stored responses", () => {
  const pages = { [a]: '"g", "h"', [b]: '"h"', [c]: '"G"', [elsewhere]: '"g", "h"' };
  const rows: readonly (readonly [says: string, method: string, path: string, Answer, readonly string[]])[] = [
    ["9875:3 a POST names groups #9875:3-invalidation #9875:2.1-same", "POST", "/x", invalidating('"g"', 200), [a]],
    ["9875:3 several", "POST", "/x", invalidating('"h", "G"', 200), [a, b, c]],
    ["9875:3 also when it failed: it says so itself", "POST", "/x", invalidating('"h"', 409), [a, b]],
    ["9875:3 a GET names groups in vain #9875:3-safe", "GET", "/x", invalidating('"g"', 200), []],
    ["9875:3 what can't be read names none", "POST", "/x", invalidating("g", 200), []],
    [
      "9875:2.2.1 what a PUT invalidates takes its groups along, and these no others #9875:2.2.1-invalidation #9875:2.2.1-no-cascade",
      "PUT",
      "/b",
      { status: 204 },
      [a, b],
    ],
    ["9875:2.2.1 a PUT that fails invalidates nothing", "PUT", "/b", { status: 409 }, []],
  ];
  for (const [says, method, path, answer, validated] of rows)
    test(says, async () => assert.deepEqual(await after(pages, { method, ...at(path) }, answer), validated));

  test("no cascade: a is in g and h, b in h, c in i alone", async () => {
    const chain = { [a]: '"g", "h"', [b]: '"h", "i"', [c]: '"i"' };
    assert.deepEqual(await after(chain, { method: "POST", ...at("/x") }, invalidating('"g"')), [a]);
    assert.deepEqual(await after(chain, { method: "PUT", ...at("/a") }, { status: 204 }), [a, b]);
  });

  test("what is on its way when its group is invalidated is not kept", async () => {
    const slow = slowBody();
    const upstream = fakeUpstream({ ...page('"g"'), body: slow.body }, invalidating('"g"'), page('"g"'));
    const { ask } = bench(upstream);
    const first = await ask({}, at("/a"));
    await told(await ask({}, { method: "POST", ...at("/x") }));
    slow.give("old");
    slow.end();
    await told(first);
    assert.equal((await ask({}, at("/a"))).cacheStatus.fwd, "uri-miss");
  });

  test("and so is what was asked before, though its head came after", async () => {
    const { promise, resolve: answer } = Promise.withResolvers<Answer>();
    const upstream = fakeUpstream(() => promise, invalidating('"g"'), page('"g"'), page('"g"'));
    const { ask } = bench(upstream);
    const first = ask({}, at("/a"));
    await told(await ask({}, { method: "POST", ...at("/x") }));
    const second = ask({}, at("/a"));
    answer(page('"g"'));
    await told(await first);
    await told(await second);
    assert.equal(upstream.asked.length, 3);
  });

  test("a stored answer to POST doesn't invalidate itself", async () => {
    const own: Answer = {
      fields: {
        Date: formatHttpDate(start),
        "Cache-Control": "max-age=60",
        "Content-Location": a,
        "Cache-Groups": '"g"',
        "Cache-Group-Invalidation": '"g"',
      },
      body: "new",
    };
    const { ask } = bench(fakeUpstream(page('"g"'), own));
    await told(await ask({}, at("/a")));
    await told(await ask({}, { method: "POST", ...at("/a") }));
    const { hit, text } = (await told(await ask({}, at("/a")))) as { hit: boolean; text: string };
    assert.deepEqual([hit, text], [true, "new"]);
  });
});
