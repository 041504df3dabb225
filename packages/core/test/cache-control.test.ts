import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type RequestDirectives,
  type ResponseDirectives,
  requestCacheControl,
  responseCacheControl,
  targetedCacheControl,
} from "../src/index.ts";

const ofResponse = (...lines: string[]) => responseCacheControl.parse(lines);
const silent = ofResponse();
const said = { ...silent, present: true };
const ofRequest = (...lines: string[]) => requestCacheControl.parse(lines);
const asked = { ...ofRequest(), present: true };
const cap = 2 ** 31;

type Row<T> = readonly [lines: string | string[], then: Partial<T>];

function rows<T>(read: (...lines: string[]) => T, base: T, table: readonly Row<T>[]): void {
  for (const [lines, then] of table) {
    test(JSON.stringify(lines), () => assert.deepEqual(read(...[lines].flat()), { ...base, ...then }));
  }
}

describe("9111:5.2.2 response directives #9111:5.2-case #9111:5.2-both-forms", () => {
  rows<ResponseDirectives>(ofResponse, said, [
    ["max-age=60", { maxAge: 60 }],
    ["MaX-aGe=60", { maxAge: 60 }],
    ['max-age="60"', { maxAge: 60 }],
    ["max-age=003600", { maxAge: 3600 }],
    ["s-maxage=60, max-age=0", { sMaxage: 60, maxAge: 0 }],
    [["s-maxage=60", "max-age=1"], { sMaxage: 60, maxAge: 1 }],
    ["no-store", { noStore: true }],
    ["No-StOrE", { noStore: true }],
    ["no-cache", { noCache: true }],
    ["private", { private: true }],
    ["public", { public: true }],
    ["must-revalidate", { mustRevalidate: true }],
    ["proxy-revalidate", { proxyRevalidate: true }],
    ["must-understand, no-store", { mustUnderstand: true, noStore: true }],
    ["no-transform", { noTransform: true }],
    ["max-age=1, stale-while-revalidate=2, stale-if-error=3", { maxAge: 1, staleWhileRevalidate: 2, staleIfError: 3 }],
  ]);
  test("no line says nothing", () => assert.equal(silent.present, false));
  test("a line of commas says nothing", () => assert.deepEqual(ofResponse(" ,, "), silent));
});

describe("9111:5.2.3 unknown directives are ignored #9111:5.2.3-unknown", () => {
  rows<ResponseDirectives>(ofResponse, said, [
    ["foobar, max-age=60", { maxAge: 60 }],
    ["foo=bar", {}],
    ['extension="max-age=3600"', {}],
    ['extension="max-age=3600", max-age=1', { maxAge: 1 }],
    ['max-age="1", extension="no-store, max-age=3600"', { maxAge: 1 }],
    ["community=UCI", {}],
    ["max-agee=60, xmax-age=60, max-stale=60, only-if-cached", {}],
    ["constructor, __proto__=1, toString", {}],
  ]);
});

describe("9111:5.2.2.4, 9111:5.2.2.7 qualified forms", () => {
  rows<ResponseDirectives>(ofResponse, said, [
    ['no-cache="Set-Cookie"', { noCache: ["set-cookie"] }],
    ['no-cache="a, B,,c"', { noCache: ["a", "b", "c"] }],
    ["no-cache=Set-Cookie", { noCache: ["set-cookie"] }],
    ['no-cache="a", no-cache="b, a"', { noCache: ["a", "b"] }],
    ['no-cache="a", no-cache', { noCache: true }],
    ['no-cache, no-cache="a"', { noCache: true }],
    ['no-cache=""', { noCache: true }],
    ['no-cache="a b"', { noCache: true }],
    ["no-cache=", { noCache: true }],
    ['private="a", max-age=60', { private: ["a"], maxAge: 60 }],
    ['private="a", private', { private: true }],
    ['private="a', { private: true }],
  ]);
});

describe("9111:1.2.2 delta-seconds #9111:1.2.2-overflow", () => {
  rows<ResponseDirectives>(ofResponse, said, [
    ["max-age=2147483647", { maxAge: 2147483647 }],
    ["max-age=2147483648", { maxAge: cap }],
    ["max-age=2147483649", { maxAge: cap }],
    ["max-age=99999999999", { maxAge: cap }],
    [`max-age=${"9".repeat(400)}`, { maxAge: cap }],
  ]);
});

describe("9111:4.2.1 lifetimes that can't be read are over #9111:4.2.1-invalid-is-stale", () => {
  const unreadable = ["-3600", "3600.0", "a3600", "3600a", "'3600'", "", '""', '" 60"', " 60", "60;x", "1e3", "0x10"];
  rows<ResponseDirectives>(ofResponse, said, [
    ...unreadable.flatMap((argument): Row<ResponseDirectives>[] => [
      [`max-age=${argument}`, { maxAge: 0 }],
      [`s-maxage=${argument}`, { sMaxage: 0 }],
      [`stale-while-revalidate=${argument}`, { staleWhileRevalidate: 0 }],
      [`stale-if-error=${argument}`, { staleIfError: 0 }],
    ]),
    ["max-age", { maxAge: 0 }],
    ["max-age =3600", { maxAge: 0 }],
    ["max-age: 3600", { maxAge: 0 }],
    ["max-age=\u0663\u0666", { maxAge: 0 }],
  ]);
});

describe("9111:4.2.1 of several values the most restrictive holds #9111:4.2.1-duplicates", () => {
  rows<ResponseDirectives>(ofResponse, said, [
    ["max-age=1800, max-age=1", { maxAge: 1 }],
    ["max-age=1, max-age=1800", { maxAge: 1 }],
    [["max-age=1800", "max-age=1"], { maxAge: 1 }],
    ["max-age=60, max-age=x", { maxAge: 0 }],
    ["s-maxage=5, s-maxage=5", { sMaxage: 5 }],
    ["stale-if-error=9, stale-if-error=3", { staleIfError: 3 }],
  ]);
});

describe("9111:5.2 malformed: what restricts holds, what allows does not", () => {
  rows<ResponseDirectives>(ofResponse, said, [
    ["no-store=x", { noStore: true }],
    ["no-store;x", { noStore: true }],
    ["must-revalidate=0", { mustRevalidate: true }],
    ["proxy-revalidate =1", { proxyRevalidate: true }],
    ["no-transform=", { noTransform: true }],
    ["public=x", {}],
    ["public x", {}],
    ["must-understand=1", {}],
    ['x="unclosed, no-store', { noStore: true }],
    ['"no-store"', { present: false }],
  ]);
});

describe("8246:2 immutable takes no argument, and ignores one #8246:2-arguments", () => {
  rows<ResponseDirectives>(ofResponse, said, [
    ["immutable", { immutable: true }],
    ["immutable, immutable", { immutable: true }],
    ["immutable=no", { immutable: true }],
  ]);
});

describe("9111:5.2.1 request directives", () => {
  rows<RequestDirectives>(ofRequest, asked, [
    ["max-age=0", { maxAge: 0 }],
    ["max-age=x", { maxAge: 0 }],
    ["max-stale", { maxStale: Number.POSITIVE_INFINITY }],
    ["max-stale=10", { maxStale: 10 }],
    ["max-stale, max-stale=10", { maxStale: 10 }],
    ["max-stale=x", { maxStale: 0 }],
    ["max-stale =5", { maxStale: 0 }],
    ["min-fresh=20", { minFresh: 20 }],
    ["min-fresh=20, min-fresh=30", { minFresh: 30 }],
    ["min-fresh=x", { minFresh: Number.POSITIVE_INFINITY }],
    ["min-fresh", { minFresh: Number.POSITIVE_INFINITY }],
    ["NO-CACHE", { noCache: true }],
    ['no-cache="x"', { noCache: true }],
    ["no-store, no-transform, only-if-cached", { noStore: true, noTransform: true, onlyIfCached: true }],
    ["stale-if-error=5", { staleIfError: 5 }],
    ["immutable, public, must-revalidate", {}],
  ]);
  test("nothing asked", () => assert.deepEqual(ofRequest(), { ...asked, present: false }));
});

describe("9213:2.1 targeted fields are dictionaries", () => {
  const targeted = targetedCacheControl("cdn-cache-control");
  rows<ResponseDirectives | undefined>((...lines) => targeted.parse(lines), said, [
    ["max-age=60", { maxAge: 60 }],
    ["max-age=60, must-revalidate, private", { maxAge: 60, mustRevalidate: true, private: true }],
    ["max-age=60, max-age=120", { maxAge: 120 }],
    ['no-cache="a, B"', { noCache: ["a", "b"] }],
    ["no-store;x=1 , max-age=5;y", { noStore: true, maxAge: 5 }],
    ["foobar, max-age=5", { maxAge: 5 }],
    ["no-store=?1, no-cache=?0", { noStore: true }],
    ["max-age=99999999999", { maxAge: cap }],
  ]);
  const wrongTypes: readonly Row<ResponseDirectives | undefined>[] = [
    ["max-age=3600.5", { maxAge: 0 }],
    ["max-age=3600.0", { maxAge: 0 }],
    ['max-age="3600"', { maxAge: 0 }],
    ["max-age=-1", { maxAge: 0 }],
    ["max-age", { maxAge: 0 }],
    ["public=1, must-understand=yes", {}],
    ["no-cache=token", { noCache: true }],
    ["private=(a b)", { private: true }],
  ];
  describe("a value of the wrong type is not used #9213:2.1-types", () =>
    rows<ResponseDirectives | undefined>((...lines) => targeted.parse(lines), said, wrongTypes));
  for (const lines of [
    [],
    [""],
    ["max-age=60,"],
    ["Max-Age=60"],
    ["max-age =60"],
    ["max-age= 60"],
    ["max-age='60'"],
    ['x="é"'],
  ]) {
    test(`ignored: ${JSON.stringify(lines)} #9213:2.1-ignored`, () => assert.equal(targeted.parse(lines), undefined));
  }
  test("one parser for a name", () => {
    assert.equal(targetedCacheControl("cdn-cache-control"), targeted);
    assert.notEqual(targetedCacheControl("larder-cache-control"), targeted);
    assert.equal(targetedCacheControl("larder-cache-control").name, "larder-cache-control");
  });
});
