import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { join, onRequest, onResponse, partOf, type StoredResponse, sliceFields, sliceFor } from "../src/index.ts";
import { ago, get, type Lines, now, response, shared, stored } from "./given.ts";

const minute = { "cache-control": "max-age=60" };
/** A stored part of a representation of ten octets. */
function partial(
  first: number,
  last: number,
  lines: Lines = {},
  more: Parameters<typeof stored>[1] = {},
): StoredResponse {
  const head = {
    ...minute,
    etag: '"1"',
    "content-range": `bytes ${first}-${last}/10`,
    "content-length": `${last - first + 1}`,
    ...lines,
  };
  return stored(head, { status: 206, content: { length: last - first + 1, sha256: "0".repeat(64) }, ...more });
}
const asking = (range?: string, more: Lines = {}) => get({ ...(range && { range }), ...more });
const decide = (one: StoredResponse, range?: string, more: Lines = {}) => onRequest(asking(range, more), [one], shared);

describe("9111:3.3 what a stored part answers #9111:3.3-incomplete", () => {
  const rows: readonly (readonly [
    says: string,
    part: readonly [number, number],
    asks: string | undefined,
    slice: readonly [number, number] | undefined,
    more?: Lines,
  ])[] = [
    ["the very range", [2, 5], "bytes=2-5", [2, 5]],
    ["within it", [2, 5], "bytes=3-4", [3, 4]],
    ["one octet", [2, 5], "bytes=5-5", [5, 5]],
    ["not what is before", [2, 5], "bytes=1-3", undefined],
    ["nor what is after", [2, 5], "bytes=4-6", undefined],
    ["nor the whole", [0, 5], undefined, undefined],
    ["to the end, where it has that", [2, 9], "bytes=4-", [4, 9]],
    ["beyond the end is to the end", [2, 9], "bytes=4-99", [4, 9]],
    ["to the end, where it has not", [2, 8], "bytes=4-", undefined],
    ["the last octets", [2, 9], "bytes=-3", [7, 9]],
    ["more last octets than it has", [2, 9], "bytes=-9", undefined],
    ["no last octets", [2, 9], "bytes=-0", undefined],
    ["several ranges", [2, 9], "bytes=2-3,5-6", undefined],
    ["a unit that it doesn't know", [2, 9], "lines=2-3", undefined],
    ["If-Range with its tag", [2, 9], "bytes=2-3", [2, 3], { "if-range": '"1"' }],
    ["If-Range with another", [2, 9], "bytes=2-3", undefined, { "if-range": '"2"' }],
    ["If-Range with a date", [2, 9], "bytes=2-3", undefined, { "if-range": ago(9) }],
    ["a question about the whole", [2, 9], "bytes=2-3", undefined, { "if-none-match": '"2"' }],
  ];
  for (const [says, [first, last], asks, slice, more] of rows) {
    test(says, () => {
      const one = partial(first, last);
      const found = sliceFor(asking(asks, more), one);
      assert.deepEqual(found?.range, slice && { first: slice[0], last: slice[1] });
      assert.deepEqual(found?.content, slice && { first: slice[0] - first, last: slice[1] - first });
      assert.equal(decide(one, asks, more).type, slice ? "serve" : "forward");
    });
  }
  test("If-Range where the part has no strong tag", () => {
    for (const etag of [[], 'W/"1"'] as const)
      assert.equal(sliceFor(asking("bytes=3-4", { "if-range": '"1"' }), partial(2, 5, { etag })), undefined);
  });
  test("one whose end nobody knows", () => {
    const open = partial(2, 5, { "content-range": "bytes 2-5/*" });
    assert.deepEqual(sliceFor(asking("bytes=3-4"), open)?.range, { first: 3, last: 4 });
    for (const range of ["bytes=3-", "bytes=-1"]) assert.equal(sliceFor(asking(range), open), undefined);
  });
  test("the 206 that it is sent with #9110:15.3.7.1-content-range", () => {
    const one = partial(2, 9, { "content-md5": "x", "content-digest": "y" });
    const slice = sliceFor(asking("bytes=3-4"), one);
    assert.deepEqual(Object.fromEntries([...sliceFields(one, slice!)]), {
      ...Object.fromEntries([...partial(2, 9).fields]),
      "content-range": "bytes 3-4/10",
      "content-length": "2",
    });
  });
});

test("9110:15.3.7 what a 206 is, its Content-Range tells #9110:15.3.7-inspect #9110:14.4-unknown-unit #9110:14.4-invalid", () => {
  const read = (contentRange: string) => partOf(response({ "content-range": contentRange }, 206));
  assert.deepEqual(read("bytes 2-5/10"), { type: "range", first: 2, last: 5, complete: 10 });
  for (const none of ["lines 2-5/10", "bytes 5-2/10", "bytes 2-10/10", "bytes */10", "bytes=2-5/10", ""])
    assert.equal(read(none), undefined, none);
  assert.equal(partOf(response({ "content-type": "multipart/byteranges; boundary=x" }, 206)), undefined);
  assert.equal(partOf(response({ "content-range": "bytes 2-5/10" })), undefined);
});

describe("9111:3.4 the rest of a stored part is asked for", () => {
  const asked = (one: StoredResponse, more: Lines = {}) => {
    const decision = decide(one, undefined, more);
    assert.ok(decision.type === "forward" && decision.because === "partial");
    return decision;
  };
  test("one range, on condition of the strong tag", () => {
    const decision = asked(partial(0, 5));
    assert.deepEqual(
      [...decision.request.fields],
      [
        ["range", "bytes=6-"],
        ["if-range", '"1"'],
      ],
    );
    assert.ok(decision.completes);
  });
  test("a weak tag, or a date, is no condition #9110:13.1.5-no-weak-tag #9110:13.1.5-no-weak-date", () => {
    for (const lines of [{ etag: 'W/"1"' }, { etag: [], "last-modified": ago(9) }])
      assert.deepEqual([...asked(partial(0, 5, lines)).request.fields], [["range", "bytes=6-"]]);
  });
  const rows: readonly (readonly [says: string, one: StoredResponse, more?: Lines])[] = [
    ["a part without the beginning", partial(1, 5)],
    ["one whose end nobody knows", partial(0, 5, { "content-range": "bytes 0-5/*" })],
    ["a stale one", partial(0, 5, {}, { secondsAgo: 60 })],
    ["an invalid one", partial(0, 5, {}, { invalid: true })],
    ["one with other octets than it says", { ...partial(0, 5), content: { length: 3, sha256: "" } }],
    ["a request with a condition of its own", partial(0, 5), { "if-none-match": '"9"' }],
  ];
  for (const [says, one, more = {}] of rows) {
    test(`not of ${says}: the request goes on as it is`, () => {
      const decision = asked(one, more);
      assert.equal(decision.completes, undefined);
      assert.deepEqual([...decision.request.fields], Object.entries(more));
    });
  }
});

describe("9111:3.4, 9110:15.3.7.3 a part and its rest", () => {
  const times = { requestTime: now, responseTime: now };
  const part = partial(0, 5, { "x-a": "old" });
  const rest = (lines: Lines = {}) =>
    response({ etag: '"1"', "content-range": "bytes 6-9/10", "content-length": "4", ...lines }, 206);
  test("become one complete response, with the newer fields over the older #9111:3.4-update #9110:15.3.7.3-fields #9110:15.3.7.3-whole", () => {
    const whole = join(part, rest({ "x-a": "new" }), times, shared);
    assert.deepEqual(whole && { ...whole, fields: Object.fromEntries([...whole.fields]) }, {
      status: 200,
      fields: { ...minute, etag: '"1"', "x-a": "new", date: ago(0), "content-length": "10" },
    });
  });
  const apart: readonly (readonly [says: string, lines: Lines, part?: StoredResponse])[] = [
    ["another tag", { etag: '"2"' }],
    ["no tag", { etag: [] }],
    ["a weak tag", { etag: 'W/"1"' }],
    ["both tags weak", { etag: 'W/"1"' }, partial(0, 5, { etag: 'W/"1"' })],
    ["a gap", { "content-range": "bytes 7-9/10" }],
    ["an overlap", { "content-range": "bytes 5-9/10" }],
    ["an end that isn't the end", { "content-range": "bytes 6-8/10" }],
    ["another length", { "content-range": "bytes 6-10/11" }],
    ["another unit", { "content-range": "lines 6-9/10" }],
    ["no Content-Range", { "content-range": [] }],
  ];
  for (const [says, lines, one = part] of apart)
    test(`stay apart: ${says} #9110:14.4-invalid`, () =>
      assert.equal(join(one, rest(lines), times, shared), undefined));

  const outcomeOf = (head: ReturnType<typeof rest>) => {
    const request = get();
    const decision = onRequest(request, [part], shared);
    assert.ok(decision.type === "forward" && decision.completes === part);
    return onResponse({ decision, request, response: head, stored: [part], ...times, retried: false }, shared);
  };
  test("the whole is stored in the part's place", () => {
    const outcome = outcomeOf(rest());
    assert.ok(outcome.type === "store");
    assert.deepEqual([outcome.after, outcome.replaces, outcome.response.status], [part, [part], 200]);
  });
  test("the Vary that the rest brings holds for the whole #9111:4.1-vary", () => {
    const outcome = outcomeOf(rest({ vary: "foo" }));
    assert.ok(outcome.type === "store");
    assert.deepEqual([outcome.response.varying, outcome.replaces], [[["foo", undefined]], [part]]);
  });
  test("what doesn't belong together is asked for as a whole #9110:15.3.7.3-some", () => {
    const outcome = outcomeOf(rest({ etag: '"2"' }));
    assert.ok(outcome.type === "retry");
    assert.deepEqual([...outcome.request.fields], []);
  });
  test("a server that knows no ranges may send the whole #9110:14.3-no-promise", () => {
    const outcome = outcomeOf(response({ etag: '"1"' }));
    assert.ok(outcome.type === "store");
    assert.deepEqual([outcome.after, outcome.replaces], [undefined, [part]]);
  });
  test("nobody asked for a range: a 416 is no answer, the whole is asked for", () => {
    const outcome = outcomeOf(response({ "content-range": "bytes */4" }, 416));
    assert.ok(outcome.type === "retry", outcome.type);
    assert.deepEqual([...outcome.request.fields], []);
  });
});

describe("what becomes of parts", () => {
  const asks = { range: "bytes=0-5" };
  const outcomeOf = (lines: Lines, has: readonly StoredResponse[], asked: Lines = asks) => {
    const request = get({ "cache-control": "no-cache", ...asked });
    const decision = onRequest(request, [], shared);
    assert.ok(decision.type === "forward");
    const head = response({ ...minute, "content-range": "bytes 0-5/10", etag: '"1"', ...lines }, 206);
    return onResponse(
      { decision, request, response: head, stored: has, requestTime: now, responseTime: now, retried: false },
      shared,
    );
  };
  const replaces = (lines: Lines, has: readonly StoredResponse[]) => {
    const outcome = outcomeOf(lines, has);
    assert.ok(outcome.type === "store");
    return outcome.replaces;
  };
  const whole = stored({ ...minute, etag: '"1"' });
  test("a part leaves the whole that it is of", () => assert.deepEqual(replaces({}, [whole]), []));
  test("a part of something else takes its place", () => assert.deepEqual(replaces({ etag: '"2"' }, [whole]), [whole]));
  test("and that of another part", () => {
    const other = partial(6, 9);
    assert.deepEqual(replaces({}, [other]), [other]);
  });
  test("one that nobody asked for is passed on #9111:3.3-no-parts", () =>
    assert.equal(outcomeOf({}, [], {}).type, "pass"));
  test("several in one, too #9111:3.3-no-parts", () =>
    assert.equal(
      outcomeOf({ "content-range": [], "content-type": "multipart/byteranges; boundary=x" }, []).type,
      "pass",
    ));
  test("in another unit, too #9111:3.3-no-parts", () =>
    assert.equal(outcomeOf({ "content-range": "lines 0-5/10" }, []).type, "pass"));
});

test("9111:4.3.2 nobody is asked about a part for a request that it can't answer #9111:4.3.2-partial-tags", () => {
  const french = partial(0, 5, { vary: "accept-language" }, { asked: { "accept-language": "fr" } });
  const english = stored({ ...minute, etag: '"2"', vary: "accept-language" }, { asked: { "accept-language": "en" } });
  const decision = onRequest(get({ "accept-language": "de" }), [french, english], shared);
  assert.ok(decision.type === "validate");
  assert.deepEqual([decision.request.fields.get("if-none-match"), decision.nominated], ['"2"', [english]]);
});
