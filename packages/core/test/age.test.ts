import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { correctedInitialAge, currentTtl } from "../src/index.ts";
import { ago, contextWith, fields, type Lines, now, shared, stored } from "./given.ts";

describe("9111:4.2.3 age when the response came #9111:4.2.3-age", () => {
  const rows: readonly (readonly [says: string, said: Lines, delay: number, age: number])[] = [
    ["just made", { date: ago(0) }, 0, 0],
    ["apparent age: by Date", { date: ago(50) }, 0, 50],
    ["a Date in the future is no negative age", { date: ago(-50) }, 0, 0],
    ["no Date: none", {}, 0, 0],
    ["Age, and the whole time since the request went out #9111:4.2.3-request-time", { date: ago(0), age: "10" }, 4, 14],
    ["the delay alone", { date: ago(0) }, 4, 4],
    ["the larger of both", { date: ago(50), age: "10" }, 4, 50],
    ["an Age beyond all counting", { date: ago(0), age: "99999999999" }, 0, 2 ** 31],
  ];
  for (const [says, said, delay, age] of rows) {
    test(says, () =>
      assert.equal(
        correctedInitialAge({ fields: fields(said), requestTime: now - delay * 1000, responseTime: now }),
        age,
      ),
    );
  }
  test("a clock that went back counts as no time", () =>
    assert.equal(correctedInitialAge({ fields: fields({}), requestTime: now + 5000, responseTime: now }), 0));
});

describe("9111:4.2.3 age now", () => {
  test("grows with the time it is kept #9111:4.2.3-age", () =>
    assert.deepEqual(currentTtl(stored({ "cache-control": "max-age=60", age: "5" }, { secondsAgo: 20 }), shared), {
      age: 25,
      ttl: 35,
    }));
  test("does not fall when the clock goes back", () =>
    assert.deepEqual(currentTtl(stored({ "cache-control": "max-age=60", age: "5" }, { secondsAgo: -20 }), shared), {
      age: 5,
      ttl: 55,
    }));
  test("law: never less later; never negative; remaining freshness falls as it grows", () =>
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.integer({ min: -1e5, max: 1e5 }), (early, more, secondsAgo) => {
        const one = stored({ "cache-control": "max-age=600", age: "7" }, { secondsAgo });
        const at = (seconds: number) => currentTtl(one, contextWith({}, { now: now + seconds * 1000 }));
        const [first, second] = [at(early), at(early + more)];
        assert.ok(first.age >= 0 && second.age >= first.age);
        assert.equal(Math.round(first.age + first.ttl), 600);
      }),
    ));
});
