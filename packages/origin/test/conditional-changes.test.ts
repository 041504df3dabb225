import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ContradictoryState, conditional, fresh, noStore, type State, tagOfVersion } from "../src/index.ts";
import {
  asking,
  changed,
  contentOf,
  given,
  kept,
  now,
  plain,
  state,
  text,
  unreachable,
  validators,
} from "./conditional-state.ts";

describe("9110:13.1.1 changes", () => {
  test("with the right tag: done, and only the new validators are told", async () => {
    const produced = { status: 200, etag: tagOfVersion(8), content: "done" };
    const answer = await conditional(asking("PUT", { "If-Match": '"7"' }), state, () => produced);
    assert.deepEqual(given(answer), { date: kept.date, etag: '"8"', "content-length": "4" });
  });
  test("a state that changed while it was written", async () => {
    const answer = await conditional(asking("PUT", { "If-Match": '"7"' }), state, () => ({ status: 412 }));
    assert.equal(answer.status, 412);
    assert.equal(answer.because, "changed-meanwhile");
  });
  test("creating what isn't there", async () => {
    const request = asking("PUT", { "If-None-Match": "*" });
    const known = { exists: false, requirePrecondition: true, now };
    assert.equal((await conditional(request, known, () => ({ status: 201 }))).status, 201);
  });
  test("a part of a PUT is not taken for the whole #9110:14.5-put", async () => {
    const request = asking("PUT", { "If-Match": '"7"', "Content-Range": "bytes 0-1/1000" });
    assert.equal((await conditional(request, state, unreachable)).status, 400);
    assert.equal((await conditional(request, { ...state, partialPut: true }, () => ({ status: 204 }))).status, 204);
  });
  test("Content-Range says nothing in a GET #9110:14.4-request", async () => {
    const answer = await conditional(asking("GET", { "Content-Range": "bytes 0-1/1000" }), state, () => plain);
    assert.deepEqual([answer.status, await contentOf(answer)], [200, text]);
  });
  test("POST needs no condition", async () => {
    const answer = await conditional(asking("POST"), { ...state, requirePrecondition: true }, () => ({ status: 201 }));
    assert.equal(answer.status, 201);
  });
});

describe("9110:13.2.1 what isn't there is answered as without conditions #9110:13.2.1-status", () => {
  test("404 to GET with If-Match", async () => {
    const known = { exists: false, now };
    const answer = await conditional(asking("GET", { "If-Match": '"7"' }), known, () => ({ status: 404 }));
    assert.equal(answer.status, 404);
  });
});

describe("what can't be meant", () => {
  const rows: readonly [says: string, State, then: RegExp][] = [
    ["Last-Modified without Cache-Control", { lastModified: changed }, /heuristicFreshness: true/],
    ["a date that is none", { lastModified: Number.NaN, cacheControl: noStore() }, /milliseconds/],
    ["any Vary and a lifetime", { vary: ["*"], cacheControl: fresh(60) }, /Name the fields/],
    ["a tag of nothing", { exists: false, etag: tagOfVersion(1) }, /doesn't exist/],
  ];
  for (const [says, known, message] of rows)
    test(says, () =>
      assert.throws(
        () => conditional(asking("GET"), known, unreachable),
        (error) => error instanceof ContradictoryState && message.test(error.message),
      ),
    );
  test("Last-Modified that only the content tells, without Cache-Control", () =>
    assert.throws(
      () => conditional(asking("GET"), { now }, () => ({ ...plain, lastModified: changed })),
      ContradictoryState,
    ));
  test("unless it is meant", async () => {
    const known = { lastModified: changed, heuristicFreshness: true, now };
    const answer = await conditional(asking("GET"), known, () => plain);
    assert.equal(answer.fields.get("last-modified"), validators["last-modified"]);
    assert.ok(!answer.fields.has("cache-control"));
  });
});
