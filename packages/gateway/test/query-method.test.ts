import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readAll, type UpstreamResponse } from "@larder/cache";
import { Fields, formatHttpDate, type RequestHead } from "@larder/core";
import { purgeAction } from "../src/purge.ts";
import { benchOf, mountOf, start } from "./bench.ts";

const site = { prefix: "/site/", format: "http", upstream: new URL("http://upstream.example/") } as const;
const text = { "content-type": "text/plain" };

/** A site that answers with the content that it was asked with, and what it was asked. */
function echo(said: Record<string, string> = { "Cache-Control": "max-age=60" }) {
  const asked: { head: RequestHead; text: string }[] = [];
  const upstream = {
    async send(head: RequestHead, { body }: { body: AsyncIterable<Uint8Array> | null }): Promise<UpstreamResponse> {
      const bytes = body === null ? new Uint8Array() : await readAll({ length: undefined, read: () => body });
      const question = new TextDecoder().decode(bytes);
      asked.push({ head, text: question });
      const tag = `"${question.length}"`;
      const fields = Fields.of(["Date", formatHttpDate(start)], ["ETag", tag], ...Object.entries(said));
      if (head.fields.get("if-none-match") === tag) return { status: 304, fields, body: nothing() };
      return { status: 200, fields, body: octets(`${head.method} ${question}`) };
    },
  };
  const it = benchOf(mountOf(site, upstream));
  const query = (content: string | undefined, fields: Record<string, string> = text, path = "/site/q") =>
    it.get(path, fields, "QUERY", content);
  return { ...it, asked, query };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
async function* octets(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}
const isHit = ({ fields }: { fields: Fields }) => /; hit/.test(fields.get("cache-status") ?? "");

describe("10008:2.7 a QUERY's content is part of its cache key #10008:2.7-key #10008:2.7-reuse", () => {
  test("equal ones are one question to the upstream, also at the same time", async () => {
    const { query, asked } = echo();
    const all = await Promise.all(Array.from({ length: 20 }, () => query("a")));
    assert.deepEqual(new Set(all.map(({ text }) => text)), new Set(["QUERY a"]));
    assert.ok(isHit(await query("a")));
    assert.deepEqual(
      asked.map(({ head, text }) => [head.method, head.target, text]),
      [["QUERY", "http://upstream.example/q", "a"]],
    );
  });

  const others: readonly (readonly [
    says: string,
    content: string | undefined,
    fields?: Record<string, string>,
    path?: string,
  ])[] = [
    ["other content", "b"],
    ["more of it", "aa"],
    ["none", undefined],
    ["another type", "a", { "content-type": "application/json" }],
    ["another coding", "a", { ...text, "content-encoding": "gzip" }],
    ["another language", "a", { ...text, "content-language": "de" }],
    ["another target", "a", text, "/site/q?x"],
  ];
  for (const [says, content, fields, path] of others)
    test(`${says} is another question`, async () => {
      const { query, asked } = echo();
      await query("a");
      assert.equal((await query(content, fields, path)).text, `QUERY ${content ?? ""}`);
      assert.equal(asked.length, 2);
    });

  test("and so is a GET of the same target", async () => {
    const { get, query } = echo();
    await query("");
    assert.equal((await get("/site/q")).text, "GET ");
    assert.equal((await query("")).text, "QUERY ");
  });

  test("a stale one is validated, with its content", async () => {
    const { query, asked, pass } = echo();
    await query("abc");
    pass(61);
    assert.equal((await query("abc")).text, "QUERY abc");
    assert.deepEqual([asked[1]?.text, asked[1]?.head.fields.get("if-none-match")], ["abc", '"3"']);
  });

  test("another question's tag is never asked about: a 304 would bring its answer", async () => {
    const { query, asked } = echo();
    await query("abc");
    assert.equal((await query("xyz")).text, "QUERY xyz");
    assert.equal(asked[1]?.head.fields.has("if-none-match"), false);
  });

  test("what may not be stored isn't", async () => {
    const { query, asked } = echo({ "Cache-Control": "private, max-age=60" });
    await query("a");
    await query("a");
    assert.equal(asked.length, 2);
  });

  test("what is longer than a MiB is passed on", async () => {
    const { query, asked, store } = echo();
    const long = "x".repeat((1 << 20) + 1);
    for (let i = 0; i < 2; i++) assert.equal((await query(long)).text.length, long.length + 6);
    assert.deepEqual([asked.map(({ text }) => text === long), store.size().responses], [[true, true], 0]);
  });
});

describe("9111:4.4 what is done to a target is done to its QUERYs", () => {
  test("an unsafe request", async () => {
    const { get, query } = echo();
    await query("a");
    await query("a", text, "/site/other");
    await get("/site/q", {}, "POST", "new");
    assert.equal(isHit(await query("a")), false);
    assert.ok(isHit(await query("a", text, "/site/other")));
  });
  test("a purge", async () => {
    const { gateway, query } = echo();
    await query("a");
    await query("b");
    const answer = await purgeAction(gateway, () => undefined)({ url: "/site/q" });
    assert.equal(JSON.parse(Buffer.from(answer.content as Uint8Array).toString()).responses, 2);
    assert.equal(isHit(await query("a")), false);
  });
});

test("9211:2.7 Cache-Status says the key, without the upstream's name", async () => {
  const { query } = echo();
  assert.match((await query("a")).fields.get("cache-status")!, /; key="\/site\/q QUERY [\w-]{43}"$/);
});
