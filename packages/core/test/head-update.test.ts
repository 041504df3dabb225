import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { onRequest, updatedByHead } from "../src/index.ts";
import { ago, get, type Lines, now, response, shared, stored } from "./given.ts";

const times = { requestTime: now - 1000, responseTime: now };
const hourOld = (lines: Lines = {}, asked: Lines = {}) =>
  stored(
    { "cache-control": "max-age=60", etag: '"1"', "last-modified": ago(9000), ...lines },
    { secondsAgo: 3600, asked },
  );

describe("9111:4.3.5 what a 200 to HEAD says of stored GET responses #9111:4.3.5-head #9111:4.3.5-match", () => {
  const rows: readonly (readonly [says: string, brings: Lines, agrees: boolean])[] = [
    ["nothing to compare", {}, true],
    ["the tag, the date and the length", { etag: '"1"', "last-modified": ago(9000), "content-length": "3" }, true],
    ["a weak form of the tag", { etag: 'W/"1"' }, true],
    ["another tag", { etag: '"2"' }, false],
    ["another date", { "last-modified": ago(8000) }, false],
    ["another length", { "content-length": "4" }, false],
    ["the tag, and another length", { etag: '"1"', "content-length": "4" }, false],
    ["a length that can't be read", { "content-length": "3, 4" }, false],
  ];
  for (const [says, brings, agrees] of rows) {
    test(says, () => {
      const one = hourOld();
      const [after] = updatedByHead(get({}, "HEAD"), response(brings), [one], times, shared);
      assert.equal(after?.id, one.id);
      assert.equal(after?.invalid, !agrees);
      assert.equal(onRequest(get(), [after!], shared).type, agrees ? "serve" : "validate");
    });
  }
  test("a tag where the stored one has none", () => {
    const [after] = updatedByHead(get({}, "HEAD"), response({ etag: '"1"' }), [hourOld({ etag: [] })], times, shared);
    assert.equal(after?.invalid, true);
  });
  test("its fields take their place #9111:4.3.5-fields", () => {
    const [after] = updatedByHead(
      get({}, "HEAD"),
      response({ "cache-control": "max-age=9", "x-a": "1", "content-length": "3" }),
      [hourOld()],
      times,
      shared,
    );
    assert.deepEqual(Object.fromEntries([...after!.fields]), {
      date: ago(0),
      etag: '"1"',
      "last-modified": ago(9000),
      "cache-control": "max-age=9",
      "x-a": "1",
    });
    assert.deepEqual([after!.requestTime, after!.responseTime], [times.requestTime, times.responseTime]);
  });
  test("those that the request's fields would not have chosen stay as they are", () => {
    const [mine, other] = [hourOld({ vary: "foo" }, { foo: "1" }), hourOld({ vary: "foo" }, { foo: "2" })];
    const after = updatedByHead(get({ foo: "1" }, "HEAD"), response({ etag: '"2"' }), [mine, other], times, shared);
    assert.deepEqual(
      after.map(({ id }) => id),
      [mine.id],
    );
  });
  test("so do those of another status", () =>
    assert.deepEqual(updatedByHead(get({}, "HEAD"), response(), [{ ...hourOld(), status: 404 }], times, shared), []));
  test("only a 200 tells, and only to HEAD", () => {
    assert.deepEqual(updatedByHead(get({}, "HEAD"), response({ etag: '"2"' }, 404), [hourOld()], times, shared), []);
    assert.deepEqual(updatedByHead(get(), response({ etag: '"2"' }), [hourOld()], times, shared), []);
  });
  test("a head that may not be kept for all makes it invalid #9111:5.2.2.7-private", () => {
    const [after] = updatedByHead(
      get({}, "HEAD"),
      response({ "cache-control": "private" }),
      [hourOld()],
      times,
      shared,
    );
    assert.equal(after?.invalid, true);
  });
});
