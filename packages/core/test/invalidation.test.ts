import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { invalidatedBy, onRequest, onResponse } from "../src/index.ts";
import { get, type Lines, now, response, shared, stored, target } from "./given.ts";

describe("9111:4.4 what an exchange makes invalid", () => {
  const rows: readonly (readonly [
    says: string,
    method: string,
    status: number,
    brings: Lines,
    then: readonly string[],
  ])[] = [
    ...["PUT", "POST", "DELETE", "PATCH", "BREW", "put", "get"].map(
      (method) => [`${method} #9111:4.4-unsafe`, method, 200, {}, [target]] as const,
    ),
    ...["GET", "HEAD", "OPTIONS", "TRACE"].map(
      (method) => [`${method} is safe`, method, 200, { location: "/y" }, []] as const,
    ),
    ...[200, 201, 204, 301, 303].map((status) => [`${status} #9111:4.4-unsafe`, "PUT", status, {}, [target]] as const),
    ...[400, 404, 412, 500, 503].map(
      (status) => [`${status} is a failure`, "PUT", status, { location: "/y" }, []] as const,
    ),
    [
      "what Location and Content-Location name",
      "POST",
      201,
      { location: "/y", "content-location": "z?a=b" },
      [target, "http://a.example/y", "http://a.example/z?a=b"],
    ],
    [
      "each once, without fragment",
      "POST",
      201,
      { location: "#a", "content-location": "http://A.example:80/y#b" },
      [target, "http://a.example/y"],
    ],
    ["another host #9111:4.4-other-origin", "POST", 201, { location: "http://b.example/x" }, [target]],
    ["another scheme #9111:4.4-other-origin", "POST", 201, { location: "https://a.example/x" }, [target]],
    ["another port #9111:4.4-other-origin", "POST", 201, { location: "http://a.example:81/x" }, [target]],
    [
      "no host at all #9111:4.4-other-origin",
      "POST",
      201,
      { location: "data:,x", "content-location": "mailto:x" },
      [target],
    ],
    ["what is no URI", "POST", 201, { location: "http://[", "content-location": "http://a.example:x/" }, [target]],
  ];
  for (const [says, method, status, brings, then] of rows)
    test(says, () => assert.deepEqual(invalidatedBy(get({}, method), response(brings, status)), then));
});

test("9111:4.4 an invalid response answers nothing before it was validated #9111:4.4-unsafe", () => {
  const one = stored({ "cache-control": "max-age=60", etag: '"1"' }, { invalid: true });
  for (const wish of ["", "max-stale", "only-if-cached"])
    assert.notEqual(onRequest(get({ "cache-control": wish }), [one], shared).type, "serve");
});

test("law: nothing of another origin is invalidated, whatever a response names #9111:4.4-other-origin", () => {
  const reference = fc.oneof(
    fc.webUrl({ withFragments: true }),
    fc.constantFrom("/a", "//b.example/c", "..", "?q", ""),
    fc.string(),
  );
  fc.assert(
    fc.property(reference, reference, (location, contentLocation) => {
      for (const uri of invalidatedBy(get({}, "POST"), response({ location, "content-location": contentLocation }))) {
        assert.equal(new URL(uri).origin, "http://a.example");
        assert.ok(!uri.includes("#"));
      }
    }),
  );
});

test("law: every method that isn't known to be safe invalidates its target when it succeeds, and none does when it fails #9111:4.4-unsafe", () => {
  const method = fc.oneof(fc.constantFrom("PUT", "POST", "DELETE", "PATCH"), fc.stringMatching(/^[A-Z]{3,9}$/));
  const safe = ["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "QUERY"];
  fc.assert(
    fc.property(method, fc.integer({ min: 100, max: 599 }), (name, status) => {
      const invalidates = invalidatedBy(get({}, name), response({}, status)).includes(target);
      assert.equal(invalidates, !safe.includes(name) && status >= 200 && status <= 399);
    }),
  );
});

test("9111:4 an unsafe request goes on first, and its answer tells what to invalidate #9111:4-write-through", () => {
  const request = get({}, "PUT");
  const all = [stored({ "cache-control": "max-age=60" })];
  const decision = onRequest(request, all, shared);
  assert.ok(decision.type === "forward" && decision.request === request);
  const exchange = { decision, request, stored: all, requestTime: now, responseTime: now, retried: false };
  assert.deepEqual(onResponse({ ...exchange, response: response({}, 204) }, shared), {
    type: "pass",
    because: "method",
    updated: [],
    invalidates: [target],
  });
});
