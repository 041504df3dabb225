import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatHttpDate, type RequestHead } from "@larder/core";
import fc from "fast-check";
import { utf8Length } from "../src/content.ts";
import {
  conditional,
  json,
  noStore,
  type Produced,
  type Source,
  type State,
  tagOfContent,
  tagOfVersion,
  validateAlways,
} from "../src/index.ts";
import { asking, changed, contentOf, given, kept, now, plain, state, text, unreachable } from "./conditional-state.ts";

/** the same content, whichever way it is given */
const sources: Readonly<Record<string, () => Produced["content"]>> = {
  text: () => text,
  octets: () => new TextEncoder().encode(text),
  "a source": (): Source => ({
    length: text.length,
    async *read(range = { first: 0, last: text.length - 1 }) {
      for (let at = range.first; at <= range.last; at += 7)
        yield new TextEncoder().encode(text.slice(at, Math.min(at + 7, range.last + 1)));
    },
  }),
};

describe("9110:13.2.2 conditions that fail are answered without the work #9110:13.1.1-false #9110:13.1.2-false #9110:13.1.4-false", () => {
  const rows: readonly [says: string, RequestHead, State, status: number][] = [
    ["If-None-Match, to GET", asking("GET", { "If-None-Match": '"7"' }), state, 304],
    ["If-None-Match, to HEAD", asking("HEAD", { "If-None-Match": 'W/"7"' }), state, 304],
    ["If-Modified-Since", asking("GET", { "If-Modified-Since": formatHttpDate(changed) }), state, 304],
    ["If-Match, to GET", asking("GET", { "If-Match": '"6"' }), state, 412],
    ["a lost update by PUT", asking("PUT", { "If-Match": '"6"' }), state, 412],
    ["a lost update by PATCH", asking("PATCH", { "If-Match": '"6"' }), state, 412],
    [
      "a lost update by DELETE",
      asking("DELETE", { "If-Unmodified-Since": formatHttpDate(changed - 1000) }),
      state,
      412,
    ],
    ["creating what is there", asking("PUT", { "If-None-Match": "*" }), state, 412],
    ["changing what isn't there", asking("PUT", { "If-Match": "*" }), { exists: false, now }, 412],
    ["PUT without a condition", asking("PUT"), { ...state, requirePrecondition: true }, 428],
    ["DELETE without a condition", asking("DELETE"), { ...state, requirePrecondition: true }, 428],
  ];
  for (const [says, request, known, status] of rows)
    test(says, async () => assert.equal((await conditional(request, known, unreachable)).status, status));
});

describe("9110:15.4.5 the 304", () => {
  test("has the validators, Cache-Control, Vary and Date, and no content", async () => {
    const answer = await conditional(asking("GET", { "If-None-Match": '"7"' }), state, unreachable);
    assert.deepEqual(given(answer), kept);
    assert.equal(answer.content, null);
    assert.equal(answer.because, "if-none-match");
  });
  test("has other lines of the 200 too, but those about its content", async () => {
    const fields = { "content-location": "/thing.en", "content-language": "en", link: "</next>" };
    const answer = await conditional(asking("GET", { "If-None-Match": '"7"' }), { ...state, fields }, unreachable);
    assert.deepEqual(given(answer), { ...kept, "content-location": "/thing.en", link: "</next>" });
  });
});

describe("9110:15.5.13, 6585:3 refusals", () => {
  for (const [says, answer] of [
    ["412", () => conditional(asking("PUT", { "If-Match": '"6"' }), state, unreachable)],
    ["428", () => conditional(asking("PUT"), { ...state, requirePrecondition: true }, unreachable)],
    ["416", () => conditional(asking("GET", { Range: "bytes=1000-" }), state, () => plain)],
  ] as const)
    test(`${says} is a problem for people, and nothing to keep`, async () => {
      const refusal = await answer();
      const problem = JSON.parse(await contentOf(refusal));
      assert.equal(problem.status, refusal.status);
      assert.equal(refusal.fields.get("content-type"), "application/problem+json");
      assert.equal(refusal.fields.get("content-length"), String((await contentOf(refusal)).length));
      for (const name of ["etag", "last-modified", "cache-control"]) assert.ok(!refusal.fields.has(name));
    });
  test("416 names the length", async () => {
    const answer = await conditional(asking("GET", { Range: "bytes=1000-" }), state, () => plain);
    assert.equal(answer.fields.get("content-range"), "bytes */1000");
  });
  test("HEAD gets no content", async () =>
    assert.equal((await conditional(asking("HEAD", { "If-Match": '"6"' }), state, unreachable)).content, null));
});

describe("9110:15.3.1 the 200 #9110:8.8.2.1-send #9110:8.8.3.1-send #9110:12.5.5-send", () => {
  for (const [says, content] of Object.entries(sources))
    test(`of ${says}`, async () => {
      const answer = await conditional(asking("GET"), state, () => ({ ...plain, content: content() }));
      assert.deepEqual(given(answer), {
        ...kept,
        "content-type": "text/plain",
        "content-length": "1000",
        "accept-ranges": "bytes",
      });
      assert.equal(await contentOf(answer), text);
    });
  test("to HEAD: the same fields, no content", async () => {
    const [get, head] = await Promise.all(
      ["GET", "HEAD"].map((method) => conditional(asking(method), state, () => plain)),
    );
    assert.deepEqual(given(head!), given(get!));
    assert.equal(head!.content, null);
  });
  test("comes at once where the work is done at once", () =>
    assert.ok(!(conditional(asking("GET"), state, () => plain) instanceof Promise)));
  test("Content-Length counts octets", () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), fc.constantFrom("", "\ud800", "\udc00x"), async (some, end) => {
        const answer = await conditional(asking("GET"), state, () => ({ content: some + end }));
        assert.equal(answer.fields.get("content-length"), String(Buffer.byteLength(some + end)));
        assert.equal(utf8Length(some + end), Buffer.byteLength(some + end));
      }),
    ));
  test("JSON", async () => {
    const answer = await conditional(asking("GET"), state, () => json({ a: 1 }));
    assert.equal(answer.fields.get("content-type"), "application/json");
    assert.equal(await contentOf(answer), '{"a":1}');
  });
  test("what is produced adds to Vary, and replaces other lines that all answers have", async () => {
    const produced = { ...plain, fields: { vary: "accept-encoding", link: "</b>", etag: '"forged"' } };
    const answer = await conditional(asking("GET"), { ...state, fields: { link: "</a>" } }, () => produced);
    assert.equal(answer.fields.get("vary"), "accept-encoding, accept");
    assert.equal(answer.fields.get("link"), "</b>");
    assert.equal(answer.fields.get("etag"), '"7"');
  });
  test("Last-Modified is never later than Date #9110:8.8.2.1-not-later #9110:8.8.2.1-future", async () => {
    const answer = await conditional(asking("GET"), { ...state, lastModified: now + 60_000 }, () => plain);
    assert.equal(answer.fields.get("last-modified"), answer.fields.get("date"));
  });
  test("what is not a success says nothing about the state", async () => {
    const answer = await conditional(asking("GET"), state, () => ({ status: 404, content: "gone" }));
    assert.deepEqual(given(answer), { date: kept.date, "content-length": "4" });
  });
  test("204 has no content and no length", async () => {
    const answer = await conditional(asking("GET"), state, () => ({ status: 204, content: "x" }));
    assert.equal(answer.content, null);
    assert.ok(!answer.fields.has("content-length"));
  });
});

describe("9110:14.2 ranges #9110:14.2-206", () => {
  for (const [says, content] of Object.entries(sources)) {
    const get = (range: string) =>
      conditional(asking("GET", { Range: range }), state, () => ({ ...plain, content: content() }));
    test(`one, of ${says}`, async () => {
      const answer = await get("bytes=995-");
      assert.equal(answer.status, 206);
      assert.equal(answer.fields.get("content-range"), "bytes 995-999/1000");
      assert.equal(answer.fields.get("content-length"), "5");
      assert.equal(await contentOf(answer), "56789");
    });
    test(`several, of ${says}`, async () => {
      const answer = await get("bytes=0-1,-2");
      const content = await contentOf(answer);
      assert.equal(answer.status, 206);
      assert.equal(answer.fields.get("content-length"), String(content.length));
      assert.deepEqual(content.match(/(?<=\r\n\r\n)\d+/g), ["01", "89"]);
    });
  }
  test("of a tag that is no longer there: the whole", async () => {
    const request = asking("GET", { Range: "bytes=0-1", "If-Range": '"6"' });
    const answer = await conditional(request, state, () => plain);
    assert.equal(answer.status, 200);
    assert.equal(await contentOf(answer), text);
  });
  test("not of content without a known length, which is sent whole", async () => {
    async function* chunks() {
      yield new TextEncoder().encode(text);
    }
    const answer = await conditional(asking("GET", { Range: "bytes=0-1" }), state, () => ({ content: chunks() }));
    assert.equal(answer.status, 200);
    assert.ok(!answer.fields.has("accept-ranges") && !answer.fields.has("content-length"));
    assert.equal(await contentOf(answer), text);
  });
});

describe("9110:8.8 validators that only the content tells", () => {
  const known: State = { cacheControl: validateAlways(), now };
  const produce = async () => ({ content: text, etag: await tagOfContent(new TextEncoder().encode(text)) });
  test("are sent, and then answered with 304", async () => {
    const first = await conditional(asking("GET"), known, produce);
    const second = await conditional(asking("GET", { "If-None-Match": first.fields.get("etag")! }), known, produce);
    assert.equal(second.status, 304);
    assert.equal(second.fields.get("etag"), first.fields.get("etag"));
    assert.equal(second.content, null);
  });
  test("satisfy If-Match", async () => {
    const { etag } = await produce();
    const answer = await conditional(asking("GET", { "If-Match": `"${etag.opaque}"` }), known, produce);
    assert.equal(answer.status, 200);
  });
  test("or fail it", async () =>
    assert.equal((await conditional(asking("GET", { "If-Match": '"x"' }), known, produce)).status, 412));
});

describe("content that nobody reads is ended", () => {
  for (const [says, request] of [
    ["HEAD", asking("HEAD")],
    ["304 found afterwards", asking("GET", { "If-None-Match": '"8"' })],
    ["412 found afterwards", asking("GET", { "If-Match": '"x"' })],
  ] as const)
    test(says, async () => {
      let ended = false;
      const content: AsyncIterable<Uint8Array> = {
        [Symbol.asyncIterator]: () => ({
          next: () => assert.fail("read"),
          return: async () => {
            ended = true;
            return { done: true, value: undefined };
          },
        }),
      };
      await conditional(request, { cacheControl: noStore(), now }, () => ({ content, etag: tagOfVersion(8) }));
      assert.ok(ended);
    });
});
