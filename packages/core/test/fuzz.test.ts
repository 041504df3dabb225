import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parsers } from "./parsers.ts";

/**
 * How many inputs in total; CI asks for a million. They are shared out among the parsers.
 */
const inputs = Number(process.env.LARDER_FUZZ_INPUTS ?? 40_000);

/** Pieces of which fields are made, whole and broken. */
const piece = fc.constantFrom(
  ...[",", ", ", ";", "=", '"', "\\", '\\"', " ", "\t", "*", "-", ".", "/", ":", "?1", "@", "%", '%"', "(", ")", "W/"],
  ...[
    "max-age",
    "no-cache",
    "private",
    "max-stale",
    "q",
    "q=0.5",
    "gzip",
    "text/html",
    "de-CH",
    "bytes",
    "bytes=",
    "GMT",
  ],
  ...["0", "1", "60", "2147483648", "99999999999999999999", "1.5", "-1", "a", "A", "é", "\u0000", "\n", "\ud800"],
  ...["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", '"tag"', "0-499"],
);
const line = fc.oneof(
  { weight: 6, arbitrary: fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 24 }) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 24 }) },
);
const lines = fc.array(line, { maxLength: 3 });

describe("fuzz: parsers of fields never throw, and say the same twice", () => {
  for (const [name, parse] of parsers) {
    test(name, () =>
      fc.assert(
        fc.property(lines, (input) => assert.deepEqual(parse(input), parse(input))),
        { numRuns: Math.ceil(inputs / parsers.size) },
      ),
    );
  }
});
