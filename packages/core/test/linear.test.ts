import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { parsers } from "./parsers.ts";

/**
 * Characters that built-in functions had to look at, since it was last set to 0. What the parsers do themselves for
 * each character goes through one of these, so it stands for their time without a clock.
 */
let looked = 0;
const restore: (() => void)[] = [];

/** Has a method of a built-in add to `looked` what a call of it costs. */
function count<T extends object>(
  prototype: T,
  name: keyof T & string,
  cost: (self: unknown, result: unknown) => number,
) {
  const method = prototype[name] as (...args: unknown[]) => unknown;
  const counted = function (this: unknown, ...args: unknown[]) {
    const result = method.apply(this, args);
    looked += cost(this, result);
    return result;
  };
  Object.assign(prototype, { [name]: counted });
  restore.push(() => Object.assign(prototype, { [name]: method }));
}

const lengthOf = (value: unknown) => (typeof value === "string" ? value.length : 0);

before(() => {
  const { exec } = RegExp.prototype;
  RegExp.prototype.exec = function (this: RegExp, text: string) {
    const from = this.lastIndex;
    const result = exec.call(this, text);
    // what matched was read; a pattern that failed may have read all that was left
    looked += 1 + (result === null ? text.length - (this.sticky || this.global ? from : 0) : result[0].length);
    return result;
  };
  restore.push(() => {
    RegExp.prototype.exec = exec;
  });
  count(String.prototype, "charCodeAt", () => 1);
  for (const name of ["slice", "toLowerCase", "trim"] as const)
    count(String.prototype, name, (_, made) => 1 + lengthOf(made));
  count(String.prototype, "split", (self) => 1 + lengthOf(self));
  count(String.prototype, "indexOf", (self, at) => 1 + (at === -1 ? lengthOf(self) : Number(at)));
  count(String.prototype, "startsWith", () => 1);
  count(String.prototype, "endsWith", () => 1);
});
after(() => {
  for (const undo of restore) undo();
});

/** What makes a careless parser start over again and again. */
const bait = [
  ...[
    "a",
    "0",
    " ",
    "\t",
    ",",
    ", ",
    ";",
    "=",
    '"',
    "\\",
    '\\"',
    '",',
    '"a",',
    "a,",
    "a;",
    "a=",
    'a="',
    'a="\\',
    "(",
    "()",
    "(a ",
  ],
  ...[
    "a;q=",
    "a;q=0.5,",
    "*,",
    "-",
    "%",
    '%"',
    "%f",
    ":",
    "@",
    "1.",
    "0-1,",
    "0-,",
    "W/",
    'W/"a',
    "max-age=1,",
    'no-cache="a,',
    "a/b;c=d,",
  ],
];

describe("parsers take time in proportion to the text", () => {
  const small = 512;
  for (const [name, parse] of parsers) {
    test(name, () => {
      const cost = (text: string) => {
        looked = 0;
        parse([text]);
        return looked;
      };
      for (const piece of bait) {
        for (const [start, end] of [
          ["", ""],
          ['"', ""],
          ["a=", '"'],
          ["bytes=", ""],
          ['x="y", a', "!"],
        ] as const) {
          const long = (times: number) => start + piece.repeat(times) + end;
          const [once, fourfold] = [cost(long(small)), cost(long(4 * small))];
          assert.ok(
            fourfold <= 5 * once + 2000,
            `${JSON.stringify(start + piece)}…: ${once}, then ${fourfold} for 4 times as much`,
          );
        }
      }
    });
  }
  test("the count sees a parser that is not", () => {
    looked = 0;
    const text = '"'.repeat(4 * small);
    for (let i = 0; i < text.length; i++) text.slice(i).indexOf("x");
    assert.ok(looked > 100 * text.length);
  });
});
