import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type Context,
  freshnessLifetime,
  type Lifetime,
  type Policy,
  plainPolicy,
  targetedCacheControl,
} from "../src/index.ts";
import { ago, contextWith, type Lines, now, privately, response, shared } from "./given.ts";

type Row = readonly [
  says: string,
  said: Lines,
  seconds: number,
  source: Lifetime["source"],
  context?: Context,
  status?: number,
];

function rows(title: string, table: readonly Row[]): void {
  describe(title, () => {
    for (const [says, said, seconds, source, context = shared, status = 200] of table)
      test(says, () => assert.deepEqual(freshnessLifetime(response(said, status), now, context), { seconds, source }));
  });
}

const both = { "cache-control": "max-age=60, s-maxage=30", expires: ago(-90) };
rows("9111:4.2.1 freshness lifetime #9111:4.2.1-order", [
  ["s-maxage first, in a shared cache #9111:5.3-s-maxage", both, 30, "s-maxage"],
  ["even when it is longer", { "cache-control": "max-age=1, s-maxage=3600" }, 3600, "s-maxage"],
  ["a private cache knows no s-maxage", both, 60, "max-age", privately],
  ["max-age before Expires #9111:5.3-max-age", { "cache-control": "max-age=60", expires: ago(7200) }, 60, "max-age"],
  ["also when it is 0", { "cache-control": "max-age=0", expires: ago(-3600) }, 0, "max-age"],
  ["also when Expires can't be read", { "cache-control": "max-age=60", expires: "0" }, 60, "max-age"],
  ["also when it can't be read itself", { "cache-control": "max-age=x", expires: ago(-3600) }, 0, "max-age"],
  ["Expires less Date", { expires: ago(-90) }, 90, "expires"],
  ["by the origin's clock, not ours", { date: ago(3600), expires: ago(3000) }, 600, "expires"],
  ["Expires before Date", { expires: ago(90) }, 0, "expires"],
  ["Expires equal to Date", { expires: ago(0) }, 0, "expires"],
  ["no readable Date: the time of receipt stands in", { date: "yesterday", expires: ago(-5) }, 5, "expires"],
  ["s-maxage makes a private cache no explicit lifetime", { "cache-control": "s-maxage=5" }, 0, "none", privately],
]);

rows("9111:5.3 an Expires that can't be read lies in the past #9111:5.3-invalid", [
  ["0", { expires: "0" }, 0, "expires"],
  ["-1", { expires: "-1" }, 0, "expires"],
  ["words", { expires: "never", "last-modified": ago(1e6) }, 0, "expires"],
  ["another zone #9111:4.2-gmt", { expires: ago(-60).replace("GMT", "EST") }, 0, "expires"],
  ["letter case is no reason #9111:4.2-date-case", { expires: ago(-60).toLowerCase() }, 60, "expires"],
]);

const monthOld = { "last-modified": ago(30 * 86_400) };
rows("9111:4.2.2 heuristics", [
  ["a tenth of the time since Last-Modified", { "last-modified": ago(1000) }, 100, "heuristic"],
  ["a day at most", monthOld, 86_400, "heuristic"],
  ["as of Date, not of now", { date: ago(500), "last-modified": ago(1500) }, 100, "heuristic"],
  ["nothing to guess from", {}, 0, "none"],
  ["a Last-Modified in the future", { "last-modified": ago(-10) }, 0, "none"],
  ["a policy without", monthOld, 0, "none", contextWith({ heuristic: null })],
  ["a policy's own share", monthOld, 10, "heuristic", contextWith({ heuristic: { fraction: 0.5, atMost: 10 } })],
  ["not beside max-age #9111:4.2.2-explicit", { ...monthOld, "cache-control": "max-age=5" }, 5, "max-age"],
  ["not beside max-age=0 #9111:4.2.2-explicit", { ...monthOld, "cache-control": "max-age=0" }, 0, "max-age"],
  ["not beside Expires #9111:4.2.2-explicit", { ...monthOld, expires: ago(5) }, 0, "expires"],
  ["not for a status that can't be guessed #9111:4.2.2-status", monthOld, 0, "none", shared, 302],
  [
    "unless it is public #9111:4.2.2-status",
    { ...monthOld, "cache-control": "public" },
    86_400,
    "heuristic",
    shared,
    302,
  ],
  ...[200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501].map(
    (status): Row => [`for ${status} #9111:4.2.2-status`, monthOld, 86_400, "heuristic", shared, status],
  ),
]);

const lifetime = (rule: Policy["lifetime"]) => contextWith({ ...plainPolicy, lifetime: rule });
rows("the policy's own lifetimes", [
  [
    "immutable, where the response says so too: always",
    { "cache-control": "max-age=0, immutable" },
    Number.POSITIVE_INFINITY,
    "immutable",
    lifetime({ rule: "immutable" }),
  ],
  [
    "immutable, where the response does not: its own",
    { "cache-control": "max-age=5" },
    5,
    "max-age",
    lifetime({ rule: "immutable" }),
  ],
  [
    "exactly: whatever is said",
    { "cache-control": "max-age=5" },
    60,
    "policy",
    lifetime({ rule: "exactly", seconds: 60 }),
  ],
  ["at most: cut", { "cache-control": "max-age=86400" }, 60, "max-age", lifetime({ rule: "at-most", seconds: 60 })],
  [
    "at most: a shorter one stays",
    { "cache-control": "max-age=5" },
    5,
    "max-age",
    lifetime({ rule: "at-most", seconds: 60 }),
  ],
  ["at most: nothing explicit is 0, never a guess", monthOld, 0, "none", lifetime({ rule: "at-most", seconds: 60 })],
]);

const targets = contextWith({
  targets: [targetedCacheControl("larder-cache-control"), targetedCacheControl("cdn-cache-control")],
});
rows("9213:2.2 targeted fields", [
  [
    "the first of the list counts #9213:2.2-first",
    { "cdn-cache-control": "max-age=1", "larder-cache-control": "max-age=2" },
    2,
    "max-age",
    targets,
  ],
  [
    "an empty one is passed over #9213:2.2-first",
    { "cdn-cache-control": "max-age=1", "larder-cache-control": "" },
    1,
    "max-age",
    targets,
  ],
  [
    "one that can't be read, too #9213:2.2-first",
    { "cdn-cache-control": "max-age=1", "larder-cache-control": "max-age=" },
    1,
    "max-age",
    targets,
  ],
  [
    "Cache-Control is ignored then #9213:2.2-others",
    { "cdn-cache-control": "max-age=1", "cache-control": "s-maxage=9" },
    1,
    "max-age",
    targets,
  ],
  [
    "and so is Expires #9213:2.2-others",
    { "cdn-cache-control": "must-revalidate", expires: ago(-60) },
    0,
    "none",
    targets,
  ],
  [
    "none usable: Cache-Control again",
    { "cdn-cache-control": "=", "cache-control": "max-age=9" },
    9,
    "max-age",
    targets,
  ],
  [
    "s-maxage there too #9213:2.2-more-directives",
    { "cdn-cache-control": "max-age=1, s-maxage=7" },
    7,
    "s-maxage",
    targets,
  ],
  [
    "one that isn't on the list changes nothing #9213:2.2-not-listed",
    { "cdn-cache-control": "max-age=1", "cache-control": "max-age=9" },
    9,
    "max-age",
  ],
  [
    "whatever its name ends in #9213:2.4-suffix",
    { "other-cache-control": "max-age=1", "cache-control": "max-age=9" },
    9,
    "max-age",
    targets,
  ],
]);

test("law: no lifetime is negative, and none is longer than what was said, whatever was said", () => {
  const seconds = fc.oneof(fc.nat(4_000_000_000), fc.constantFrom("x", "-5", "1.5", ""));
  const directive = fc.tuple(fc.constantFrom("max-age", "s-maxage", "foo"), seconds).map(([name, n]) => `${name}=${n}`);
  fc.assert(
    fc.property(fc.array(directive, { minLength: 1, maxLength: 4 }), fc.boolean(), (directives, isShared) => {
      const context = isShared ? shared : privately;
      const { seconds: found, source } = freshnessLifetime(
        response({ "cache-control": directives.join(", ") }),
        now,
        context,
      );
      assert.ok(found >= 0 && found <= 2 ** 31);
      if (source !== "max-age" && source !== "s-maxage") return assert.equal(found, 0);
      const said = directives.filter((one) => one.startsWith(`${source}=`)).map((one) => one.slice(source.length + 1));
      const longest = Math.max(...said.map((n) => (/^\d+$/.test(n) ? Number(n) : 0)));
      assert.ok(found <= longest);
    }),
  );
});
