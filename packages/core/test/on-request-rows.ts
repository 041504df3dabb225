import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Context, type Decision, onRequest, type StoredResponse } from "../src/index.ts";
import { get, type Lines, shared, stored } from "./given.ts";

/** What was decided and why, in two words. */
export const told = ({ type, because }: Decision) => `${type}: ${because}`;

interface Given {
  readonly secondsAgo?: number;
  readonly asks?: Lines;
  readonly context?: Context;
  readonly method?: string;
  readonly more?: Partial<StoredResponse>;
}
export type Row = readonly [says: string, said: Lines, then: string, given?: Given];

/** A test for each row: what is decided of a response that was stored so, and why. */
export function rows(title: string, table: readonly Row[]): void {
  describe(title, () => {
    for (const [says, said, then, { secondsAgo = 10, asks, context = shared, method, more } = {}] of table) {
      test(says, () => {
        const one = stored({ etag: '"1"', ...said }, { secondsAgo, ...more });
        assert.equal(told(onRequest(get(asks, method), [one], context)), then);
      });
    }
  });
}

export const minute = { "cache-control": "max-age=60" };
export const past = { secondsAgo: 61 };
