// Histories in which the cache and its model once differed, made as small as they get; a row for each that is found.
import { describe, test } from "node:test";
import { nodeHasher } from "../src/hasher-node.ts";
import { memoryStore } from "../src/memory-store.ts";
import type { Answer, Ask, Purge, Step } from "./model/history.ts";
import { choices, type Kind } from "./model/kinds.ts";
import { Run } from "./model/run.ts";

type Answers = Partial<Extract<Answer, { does: "answer" }>>;

const answer = (given: Answers): Answer => ({
  does: "answer",
  status: 200,
  changes: false,
  cacheControl: undefined,
  dated: 0,
  expires: undefined,
  age: undefined,
  vary: undefined,
  varies: true,
  tag: "strong",
  modified: false,
  notModified: "full",
  ranges: true,
  body: "whole",
  location: undefined,
  groups: undefined,
  invalidates: undefined,
  ...given,
});

/** A GET of the first target, and the answer to it. */
const ask = (answers: Answers, given: Partial<Ask> = {}): Ask => ({
  does: "ask",
  method: "GET",
  target: 0,
  user: undefined,
  language: undefined,
  cacheControl: undefined,
  pragma: false,
  ifNoneMatch: "none",
  range: undefined,
  answers: [answer(answers), answer({})],
  holds: "nothing",
  ...given,
});

const purge = (mode: Purge["mode"], scope: Purge["scope"]): Step => ({ does: "purge", mode, scope });
const validated = { cacheControl: "no-cache" };
const shared: Kind = { shared: true, chose: choices[0]! };

const rows: readonly (readonly [says: string, kind: Kind, steps: readonly Step[]])[] = [
  [
    "9111:4.3.4 a 304 with a weak tag may have brought what is stored into the group that is purged then",
    shared,
    [
      ask({ cacheControl: "max-age=10" }),
      ask({ tag: "weak", groups: '"g"' }, validated),
      purge("hard", "group"),
      ask({}),
    ],
  ],
];

describe("9111:4 histories in which the cache and its model once differed", () => {
  for (const [says, kind, steps] of rows)
    test(says, () =>
      new Run(kind, memoryStore({ maxBytes: 1 << 20, hasher: nodeHasher }), new Map()).play({ kind, steps }),
    );
});
