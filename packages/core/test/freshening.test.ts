import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type Context,
  type Outcome,
  onRequest,
  onResponse,
  type StoredResponse,
  selectForFreshening,
  type Validation,
} from "../src/index.ts";
import { ago, contextWith, get, type Lines, now, response, shared, stored } from "./given.ts";

const strong = (tag: string, more: Lines = {}) => stored({ etag: `"${tag}"`, ...more });
const weak = (tag: string, more: Lines = {}) => stored({ etag: `W/"${tag}"`, ...more });
const dated = (seconds: number, more: Lines = {}) => stored({ "last-modified": ago(seconds), ...more });

describe("9111:4.3.4 which stored responses a 304 speaks of", () => {
  const [a, a2, b, wa, plain] = [
    strong("a", { date: ago(9) }),
    strong("a", { date: ago(5) }),
    strong("b"),
    weak("a"),
    stored(),
  ];
  const [old, older, oldest] = [dated(10), dated(20), dated(20, { date: ago(50) })];
  type Row = readonly [
    says: string,
    brings: Lines,
    nominated: readonly StoredResponse[],
    found: readonly StoredResponse[] | string,
    because?: string | undefined,
    context?: Context,
  ];
  const rows: readonly Row[] = [
    ["a strong tag: its own #9111:4.3.4-strong", { etag: '"a"' }, [a, b], [a], "strong-validator"],
    ["all of its own, the newest first #9111:4.3.4-strong", { etag: '"a"' }, [a, a2, b], [a2, a], "strong-validator"],
    ["a strong tag that none has #9111:4.3.4-strong-none", { etag: '"c"' }, [a, b], "contradicting-validator"],
    ["also where only one was asked about #9111:4.3.4-strong-none", { etag: '"c"' }, [a], "contradicting-validator"],
    [
      "nor does its date help then #9111:4.3.4-strong-none",
      { etag: '"c"', "last-modified": ago(10) },
      [old],
      "contradicting-validator",
    ],
    ["a strong tag for a weak one: as weakly as that was", { etag: '"a"' }, [wa], [wa], "strong-validator"],
    ["a weak tag: the newest that corresponds #9111:4.3.4-weak", { etag: 'W/"a"' }, [a, a2, b], [a2], "weak-validator"],
    ["a weak tag that none has", { etag: 'W/"c"' }, [wa], "contradicting-validator"],
    [
      "a date: the one that has it #9111:4.3.4-weak",
      { "last-modified": ago(10) },
      [old, older],
      [old],
      "weak-validator",
    ],
    ["a date that several variants have", { "last-modified": ago(20) }, [older, oldest], "ambiguous-not-modified"],
    ["a date that none has", { "last-modified": ago(30) }, [old], "contradicting-validator"],
    ["nothing, and the one has nothing #9111:4.3.4-none", {}, [plain], [plain], "no-validator-anywhere"],
    ["nothing, and the one was asked about by its tag (ours)", {}, [a], [a], "bare-not-modified"],
    ["or by its date (ours)", {}, [old], [old], "bare-not-modified"],
    [
      "nothing, to a policy that asks again",
      {},
      [a],
      "ambiguous-not-modified",
      undefined,
      contextWith({ bareNotModified: "retry" }),
    ],
    [
      "nothing, to a policy that asks again, and the one has nothing #9111:4.3.4-none",
      {},
      [plain],
      [plain],
      "no-validator-anywhere",
      contextWith({ bareNotModified: "retry" }),
    ],
    ["nothing, and several were asked about #9111:4.3.4-none", {}, [a, b], "ambiguous-not-modified"],
    ["a tag that can't be read counts as none", { etag: '"c' }, [a], [a], "bare-not-modified"],
  ];
  for (const [says, brings, nominated, found, because, context = shared] of rows) {
    test(says, () =>
      assert.deepEqual(
        selectForFreshening(response(brings, 304), nominated, context),
        typeof found === "string" ? { type: "none", because: found } : { type: "found", stored: found, because },
      ),
    );
  }
});

/** A stale response is asked about, and this 304 comes, two seconds after the question. */
function notModified(
  one: StoredResponse,
  brings: Lines,
  more: { asks?: Lines; others?: readonly StoredResponse[]; context?: Context } = {},
) {
  const { asks = {}, others = [], context = shared } = more;
  const request = get(asks);
  const all = [one, ...others];
  const decision = onRequest(request, all, context) as Validation;
  assert.equal(decision.type, "validate");
  const exchange = {
    decision,
    request,
    response: { ...response(brings, 304) },
    stored: all,
    requestTime: now - 2000,
    responseTime: now,
    retried: false,
  };
  return onResponse(exchange, context);
}
function freshened(...given: Parameters<typeof notModified>): Extract<Outcome, { type: "freshen" }> {
  const outcome = notModified(...given);
  assert.ok(outcome.type === "freshen", outcome.type);
  return outcome;
}
const hourOld = (lines: Lines = {}, asked: Lines = {}) =>
  stored({ etag: '"1"', "cache-control": "max-age=60", "content-type": "a/b", ...lines }, { secondsAgo: 3600, asked });
const told = (one: StoredResponse) => Object.fromEntries([...one.fields]);

describe("9111:3.2, 9111:4.3.4 the stored head after a 304 #9111:4.3.4-update", () => {
  test("each field that comes takes the place of all stored lines of its name; the others stay #9111:3.2-replace #9111:3.2-few-omissions", () => {
    const one = hourOld({ "x-a": ["1", "2"], "x-b": "1" });
    assert.deepEqual(told(freshened(one, { "X-A": "3", "X-C": ["4", "5"], "cache-control": "max-age=5" }).selected), {
      "cache-control": "max-age=5",
      "content-type": "a/b",
      date: ago(0),
      etag: '"1"',
      "x-b": "1",
      "X-A": "3",
      "X-C": "5",
    });
  });
  test("but for what the content depends on #9111:3.2-exceptions", () => {
    const one = hourOld({ "content-length": "3", "content-encoding": "gzip" });
    const brings = {
      "content-length": "0",
      "content-encoding": "br",
      "content-range": "bytes 0-1/3",
      "content-type": "c/d",
      etag: 'W/"1"',
    };
    assert.deepEqual(told(freshened(one, brings).selected), {
      "cache-control": "max-age=60",
      "content-encoding": "gzip",
      "content-length": "3",
      "content-type": "c/d",
      date: ago(0),
      etag: '"1"',
    });
  });
  test("and for what is not kept at all #9111:3.2-exceptions #9111:3.1-connection #9111:3.1-proxy-fields", () => {
    const brings = { connection: "x-hop", "x-hop": "1", "keep-alive": "1", "proxy-authenticate": "x" };
    assert.deepEqual(told(freshened(hourOld(), brings).selected), { ...told(hourOld()), date: ago(0) });
  });
  test("and for what a qualified directive withholds, whichever head says it #9111:3.2-exceptions #9111:5.2.2.7-qualified", () => {
    const cookie = (one: StoredResponse, brings: Lines) => freshened(one, brings).selected.fields.has("set-cookie");
    assert.equal(cookie(hourOld(), { "set-cookie": "u=1", "cache-control": 'private="set-cookie"' }), false);
    assert.equal(
      cookie(hourOld({ "cache-control": 'private="set-cookie", max-age=60' }), { "set-cookie": "u=1" }),
      false,
    );
    assert.equal(cookie(hourOld({ "set-cookie": "old" }), { "cache-control": 'no-cache="set-cookie"' }), false);
    assert.equal(cookie(hourOld(), { "set-cookie": "u=1" }), true);
  });
  test("its age starts anew, from when the question was asked", () => {
    const { selected } = freshened(hourOld({ age: "30" }), {});
    assert.equal(selected.fields.has("age"), false);
    assert.deepEqual([selected.requestTime, selected.responseTime], [now - 2000, now]);
  });
  test("a 304 from another cache brings its Age", () =>
    assert.equal(freshened(hourOld(), { age: "30" }).selected.fields.get("age"), "30"));
  test("a 304 to HEAD freshens as one to GET does", () => {
    const [one, request] = [hourOld(), get({}, "HEAD")];
    const decision = onRequest(request, [one], shared) as Validation;
    const times = { requestTime: now, responseTime: now };
    const exchange = { decision, request, response: response({}, 304), stored: [one], ...times, retried: false };
    const outcome = onResponse(exchange, shared);
    assert.deepEqual(outcome.type === "freshen" && outcome.updated.map(({ invalid }) => invalid), [false]);
  });
  test("an invalid one is valid again", () =>
    assert.equal(freshened({ ...hourOld(), invalid: true }, {}).selected.invalid, false));
  test("a 304 without Date gets one", () =>
    assert.equal(freshened(hourOld(), { date: [] }).selected.fields.get("date"), ago(0)));
});

describe("a 304 that says the response may not be kept, or not for everyone", () => {
  const none = (brings: Lines) => onRequest(get(), [...freshened(hourOld(), brings).updated], shared).type;
  test("is the answer to this request, and is not used again unasked", () => {
    for (const brings of [
      { "cache-control": "no-store, max-age=60" },
      { "cache-control": "private, max-age=60" },
      { vary: "*" },
    ] as const)
      assert.equal(none(brings), "validate", JSON.stringify(brings));
    assert.equal(none({ "cache-control": "max-age=60" }), "serve");
  });
  test("no-store #9111:5.2.2.5-no-store, private #9111:5.2.2.7-private, Vary: * #9111:4.1-star", () => {
    const covers = contextWith({ staleIfError: 1e6 });
    for (const brings of [{ "cache-control": "no-store" }, { "cache-control": "private" }, { vary: "*" }] as const) {
      const [kept] = freshened(hourOld(), brings, { context: covers }).updated;
      assert.equal(onRequest(get({ "cache-control": "max-stale" }), [kept!], covers).type, "validate");
    }
  });
  test("9111:5.2.1.5, 9111:3.5 a request that nothing is to be kept of changes nothing that is kept #9111:5.2.1.5-no-store #9111:3.5-authorization", () => {
    for (const asks of [{ "cache-control": "no-store" }, { authorization: "x" }] as const) {
      const outcome = freshened(hourOld(), { "cache-control": "max-age=9" }, { asks });
      assert.deepEqual(outcome.updated, []);
      assert.equal(outcome.selected.fields.get("cache-control"), "max-age=9");
    }
  });
  test("a Vary that is new selects by the request that was answered #9111:4.1-vary", () => {
    const { updated } = freshened(hourOld(), { vary: "cookie" }, { asks: { cookie: "u=1" } });
    assert.deepEqual(updated[0]?.varying, [["cookie", "u=1"]]);
    assert.equal(onRequest(get({ cookie: "u=2" }), updated, shared).type, "validate");
    assert.equal(onRequest(get({ cookie: "u=1" }), updated, shared).type, "serve");
  });
  test("also where it may not be used again unasked #9111:4.1-vary", () => {
    const brings = { vary: "cookie", "cache-control": "no-store" };
    const [kept] = freshened(hourOld(), brings, { asks: { cookie: "u=1" } }).updated;
    assert.deepEqual([kept?.varying, kept?.invalid], [[["cookie", "u=1"]], true]);
    assert.deepEqual(freshened(hourOld({ vary: "foo" }), { vary: "*" }).updated[0]?.varying, [["foo", undefined]]);
  });
  test("a policy that ignores Vary", () =>
    assert.deepEqual(
      freshened(hourOld(), { vary: "cookie" }, { context: contextWith({ vary: "ignore" }) }).updated[0]?.varying,
      [],
    ));
});

describe("9111:4.3.4 only what the request could have chosen is updated #9111:4.3.4-initial-set", () => {
  const [none, mine] = [hourOld(), hourOld({ vary: "foo" }, { foo: "1" })];
  const [theirs, weakly, part] = [
    hourOld({ vary: "foo" }, { foo: "2" }),
    hourOld({ etag: 'W/"1"' }),
    { ...hourOld(), status: 206 },
  ];
  const updatedOf = (brings: Lines, ...others: StoredResponse[]) =>
    freshened(mine, brings, { others, asks: { foo: "1" } }).updated.map(({ id }) => id);
  test("of that, all with the strong tag", () =>
    assert.deepEqual(updatedOf({ etag: '"1"' }, theirs, none, weakly, part), [mine.id, none.id]));
  test("with a weak tag the one alone that was asked about", () =>
    assert.deepEqual(updatedOf({ etag: 'W/"1"' }, none), [mine.id]));
  test("with none, too", () => assert.deepEqual(updatedOf({}, none), [mine.id]));
});

describe("9111:4.1 a 304 to a request that Vary tells apart from all that is stored", () => {
  const fresh = (lines: Lines, foo: string) =>
    stored(
      { "cache-control": "max-age=60", vary: "foo", etag: '"1"', ...lines },
      { secondsAgo: 50, asked: { foo }, verifiedAt: 5, contentSince: 6 },
    );
  const [one, two] = [fresh({}, "1"), fresh({ etag: '"2"', "x-a": "2" }, "2")];
  const miss = (brings: Lines, more: Parameters<typeof notModified>[2] = {}) =>
    freshened(one, brings, { others: [two], asks: { foo: "3" }, ...more });

  test("leaves what it names as a variant of its own, and the others as they are #9111:4.1-variant #9111:4.3.4-initial-set", () => {
    const { updated, selected, variant } = miss({ etag: '"2"', "x-b": "3" });
    assert.deepEqual([updated, selected.id], [[], two.id]);
    const { fields: kept, ...rest } = variant!.response;
    const { id: _, fields: __, ...before } = two;
    const times = { requestTime: now - 2000, responseTime: now };
    assert.deepEqual(rest, { ...before, ...times, varying: [["foo", "3"]] });
    assert.deepEqual(Object.fromEntries([...kept]), { ...told(two), date: ago(0), "x-b": "3" });
    assert.deepEqual(variant!.replaces, []);
  });
  test("which answers requests like it, and nobody else's #9111:4.1-vary", () => {
    const kept = [{ ...miss({ etag: '"2"' }).variant!.response, id: "v" }, one, two];
    const at = { ...shared, now: now + 20_000 };
    const decided = (foo: string) => {
      const decision = onRequest(get({ foo }), kept, at);
      return decision.type === "serve" ? decision.stored.id : `${decision.type}: ${decision.because}`;
    };
    assert.deepEqual(["1", "2", "3", "4"].map(decided), [
      "validate: stale",
      "validate: stale",
      "v",
      "validate: vary-miss",
    ]);
  });
  test("a Vary that it changes selects by this request", () => {
    assert.deepEqual(miss({ etag: '"2"', vary: "foo, bar" }).variant?.response.varying, [
      ["bar", undefined],
      ["foo", "3"],
    ]);
    assert.deepEqual(miss({ etag: '"2"', vary: "bar" }).variant?.response.varying, [["bar", undefined]]);
  });
  test("what was invalidated is valid for this request", () =>
    assert.equal(miss({ etag: '"2"' }, { others: [{ ...two, invalid: true }] }).variant?.response.invalid, false));
  test("of several with its tag, the newest", () => {
    const newer = fresh({ "x-a": "new", date: ago(10) }, "4");
    assert.equal(miss({ etag: '"1"' }, { others: [newer] }).selected.id, newer.id);
  });
  test("a weak tag, the date of one, and nothing where one alone was asked about name it as well", () => {
    assert.equal(miss({ etag: 'W/"2"' }).selected.id, two.id);
    assert.ok(miss({ etag: 'W/"2"' }).variant);
    const dated = fresh({ etag: '"2"', "last-modified": ago(9) }, "2");
    assert.ok(miss({ "last-modified": ago(9) }, { others: [dated] }).variant);
    assert.ok(miss({}, { others: [] }).variant);
  });
  test("a tag that none has, or nothing where several were asked about, names none #9111:4.3.4-strong-none", () => {
    for (const brings of [{ etag: '"9"' }, {}])
      assert.equal(notModified(one, brings, { others: [two], asks: { foo: "3" } }).type, "retry");
  });
  test("HEAD is asked for as GET is", () => {
    const request = get({ foo: "3" }, "HEAD");
    const decision = onRequest(request, [one], shared) as Validation;
    const times = { requestTime: now, responseTime: now };
    const exchange = { decision, request, response: response({}, 304), stored: [one], ...times, retried: false };
    const outcome = onResponse(exchange, shared);
    assert.equal(outcome.type === "freshen" && outcome.variant?.response.method, "GET");
  });
  const unkept: readonly (readonly [says: string, brings: Lines, asks: Lines, kept: boolean, context?: Context])[] = [
    ["no-store in the 304 #9111:5.2.2.5-no-store", { "cache-control": "no-store" }, {}, false],
    ["no-store in the request #9111:5.2.1.5-no-store", {}, { "cache-control": "no-store" }, false],
    ["private in a shared cache #9111:5.2.2.7-private", { "cache-control": "private, max-age=60" }, {}, false],
    [
      "private in a private cache",
      { "cache-control": "private, max-age=60" },
      {},
      true,
      contextWith({}, { shared: false }),
    ],
    ["credentials #9111:3.5-authorization", {}, { authorization: "x" }, false],
    [
      "credentials, and it is public #9111:3.5-authorization",
      { "cache-control": "public" },
      { authorization: "x" },
      true,
    ],
    ["credentials in a private cache", {}, { authorization: "x" }, true, contextWith({}, { shared: false })],
    ["Vary: * #9111:4.1-star", { vary: "*" }, {}, false],
    ["a cookie without a word on whom it is for", { "set-cookie": "u=1", "cache-control": "no-cache" }, {}, false],
    ["a policy that stores nothing", {}, {}, false, contextWith({ storing: false })],
  ];
  for (const [says, brings, asks, kept, context = shared] of unkept)
    test(`is kept as far as any response: ${says}`, () => {
      const given = { asks: { foo: "3", ...asks }, context };
      const outcome = freshened(one, { etag: '"1"', ...brings }, given);
      assert.deepEqual([outcome.variant !== undefined, outcome.updated], [kept, []]);
    });
  test("the stored head counts as the 304's: public, so that credentials may have it #9111:3.5-authorization", () => {
    const base = fresh({ "cache-control": "public, max-age=60" }, "1");
    assert.ok(freshened(base, {}, { asks: { foo: "3", authorization: "x" } }).variant);
  });
  test("of too many variants the oldest go", () => {
    const many = Array.from({ length: 128 }, (_, i) => fresh({ etag: `"${i}"` }, `${i + 10}`));
    assert.deepEqual(miss({ etag: '"1"' }, { others: many }).variant?.replaces, many.slice(126));
  });
});

test("law: freshening changes no content and nothing that names it", () => {
  const name = fc.constantFrom(
    "etag",
    "content-length",
    "content-encoding",
    "vary",
    "cache-control",
    "x-a",
    "connection",
    "age",
  );
  const value = fc.constantFrom('"1"', "3", "gzip", "x-a", "no-store", "*", 'private="x-a"');
  const lines = fc.dictionary(name, value, { noNullPrototype: true });
  fc.assert(
    fc.property(lines, lines, (has, brings) => {
      const one = hourOld({ ...has, etag: '"1"' });
      const outcome = notModified({ ...one, invalid: true }, { ...brings, etag: '"1"' });
      if (outcome.type !== "freshen") return;
      for (const after of [outcome.selected, ...outcome.updated]) {
        for (const same of ["id", "cacheKey", "method", "status", "content", "contentSince"] as const)
          assert.deepEqual(after[same], one[same]);
        for (const bound of ["etag", "content-length", "content-encoding"])
          assert.equal(after.fields.get(bound), one.fields.get(bound));
      }
    }),
  );
});
