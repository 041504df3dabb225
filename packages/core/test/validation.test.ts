import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fields, onRequest, type StoredResponse, unconditional } from "../src/index.ts";
import { ago, get, type Lines, shared, stored } from "./given.ts";

/** What is sent to the upstream for a request. */
function sent(all: readonly StoredResponse[], asks: Lines = {}) {
  const decision = onRequest(get(asks), all, shared);
  assert.ok(decision.type === "validate" || decision.type === "forward");
  return Object.fromEntries([...decision.request.fields]);
}
const stale = (lines: Lines, asked: Lines = {}) =>
  stored({ "cache-control": "max-age=5", ...lines }, { secondsAgo: 10, asked });

describe("9111:4.3.1 a validation request", () => {
  const modified = ago(1000);
  test("the entity tag, and Last-Modified too, as it was #9111:4.3.1-tags #9111:4.3.1-last-modified", () =>
    assert.deepEqual(sent([stale({ etag: 'W/"1"', "last-modified": modified })]), {
      "if-none-match": 'W/"1"',
      "if-modified-since": modified,
    }));
  test("the tag alone", () => assert.deepEqual(sent([stale({ etag: '"1"' })]), { "if-none-match": '"1"' }));
  test("the date alone #9111:4.3.1-last-modified", () =>
    assert.deepEqual(sent([stale({ "last-modified": modified })]), { "if-modified-since": modified }));
  test("no validator: the whole is asked for", () => assert.deepEqual(sent([stale({})]), {}));
  test("a tag that can't be read is none", () => assert.deepEqual(sent([stale({ etag: '"1' })]), {}));
  test("the rest of the request goes along", () =>
    assert.deepEqual(sent([stale({ etag: '"1"' })], { accept: "a/b", "cache-control": "no-cache" }), {
      accept: "a/b",
      "cache-control": "no-cache",
      "if-none-match": '"1"',
    }));
  test("the request's own conditions stay behind, to be judged against what comes", () =>
    assert.deepEqual(
      sent([stale({ etag: '"1"' })], {
        "if-none-match": '"9"',
        "if-modified-since": ago(5),
        "if-range": '"9"',
        range: "bytes=0-1",
      }),
      { "if-none-match": '"1"' },
    ));
  test("for a variant that is not there all tags of the others, each once, and no date #9111:4.3.1-tags #9110:13.1.2-list", () => {
    const variant = (foo: string, etag: string) => stale({ vary: "foo", etag, "last-modified": modified }, { foo });
    assert.deepEqual(sent([variant("1", '"1"'), variant("2", '"2"'), variant("3", '"1"')], { foo: "4" }), {
      foo: "4",
      "if-none-match": '"1", "2"',
    });
  });
  test("tags of variants other than the stored one that is chosen stay out", () => {
    const one = stale({ vary: "foo", etag: '"1"' }, { foo: "1" });
    const other = stale({ vary: "foo", etag: '"2"' }, { foo: "2" });
    assert.deepEqual(sent([one, other], { foo: "1" }), { foo: "1", "if-none-match": '"1"' });
  });
});

describe("a request that goes on as it is", () => {
  test("nothing stored: its conditions are for the origin #9111:4.3.2-origins-own #9110:13.2.1-forward", () => {
    const asks = { "if-none-match": '"9"', "if-match": '"9"', range: "bytes=0-1" };
    assert.deepEqual(sent([], asks), asks);
  });
  test("never an If-Range without Range #9110:13.1.5-needs-range", () => {
    const plain = unconditional(get({ range: "bytes=0-1", "if-range": '"1"', accept: "a/b" }));
    assert.deepEqual([...plain.fields], [["accept", "a/b"]]);
  });
  test("the very same request where there is nothing to take off", () => {
    const request = { ...get(), fields: Fields.of(["Accept", "a/b"]) };
    assert.equal(unconditional(request), request);
  });
});
