import fc from "fast-check";
import { choices, type Kind } from "./kinds.ts";

/** What the upstream answers to one request, where it doesn't find that nothing has changed. */
export type Answer =
  | { readonly does: "fail"; readonly kind: "unreachable" | "broken" | "timeout"; readonly unsent: boolean }
  | {
      readonly does: "answer";
      readonly status: number;
      /** whether the target's content has changed before this answer */
      readonly changes: boolean;
      readonly cacheControl: string | undefined;
      /** seconds between Date and now; undefined: no Date */
      readonly dated: number | undefined;
      /** seconds between Date (or now) and Expires; "0" is no date */
      readonly expires: number | "0" | undefined;
      readonly age: string | undefined;
      readonly vary: string | undefined;
      /** whether what Vary names makes a difference to the content */
      readonly varies: boolean;
      readonly tag: "strong" | "weak" | "none";
      readonly modified: boolean;
      /** whether conditions are looked at, and what validators a 304 has */
      readonly notModified: "ignores" | "full" | "bare" | "other" | "date" | "weakened" | "always";
      /** whether a Range is looked at */
      readonly ranges: boolean;
      readonly body: "whole" | "announced" | "reset" | "short";
      readonly location: number | undefined;
      /** Cache-Groups, and Cache-Group-Invalidation */
      readonly groups: string | undefined;
      readonly invalidates: string | undefined;
    };

/** A client's request, what the upstream will say to it (the second for all repetitions), and what is held back. */
export interface Ask {
  readonly does: "ask";
  readonly method: string;
  readonly target: number;
  readonly user: string | undefined;
  readonly language: string | undefined;
  readonly cacheControl: string | undefined;
  readonly pragma: boolean;
  /** a condition of the client's own */
  readonly ifNoneMatch: "none" | "current" | "unknown";
  readonly range: string | undefined;
  readonly answers: readonly [Answer, Answer];
  readonly holds: "nothing" | "head" | "content";
}

/** An operator wants the first target, all, or the group "g" to be validated, or to be gone. */
export interface Purge {
  readonly does: "purge";
  readonly mode: "soft" | "hard";
  readonly scope: "target" | "all" | "group";
}

export type Step =
  | Ask
  /** time passes */
  | { readonly does: "pass"; readonly seconds: number }
  | Purge
  /** something that was held back comes */
  | { readonly does: "release"; readonly which: number };

export interface History {
  readonly kind: Kind;
  readonly steps: readonly Step[];
}

const often = <const T>(weight: number, value: T) => ({ weight, arbitrary: fc.constant(value) });
const rarely = <const T>(...values: readonly T[]) => ({ weight: 1, arbitrary: fc.constantFrom(...values) });

const responseCacheControl = fc.constantFrom<string | undefined>(
  undefined,
  "max-age=60",
  "max-age=60",
  "max-age=10",
  "max-age=10",
  "max-age=0",
  "s-maxage=60",
  "s-maxage=5, max-age=100",
  "max-age=100, s-maxage=5, proxy-revalidate",
  "no-store",
  "no-store, max-age=60",
  "must-understand, no-store, max-age=60",
  "no-cache",
  "no-cache, max-age=60",
  "private, max-age=60",
  "private",
  "public",
  "public, max-age=60",
  "public, max-age=10",
  "must-revalidate, max-age=10",
  "proxy-revalidate, max-age=10",
  "max-age=10, stale-while-revalidate=60",
  "max-age=10, stale-if-error=600",
  "public, max-age=10, stale-if-error=600",
  "must-revalidate, max-age=10, stale-if-error=600",
  "max-age=x",
  "max-age=100, max-age=10",
  "MAX-AGE=60 , Immutable",
);

const requestCacheControl = fc.oneof(
  often(8, undefined),
  rarely("no-cache", "max-age=0", "max-age=20", "min-fresh=20", "max-stale", "max-stale=30"),
  rarely("no-store", "only-if-cached", "stale-if-error=600", "max-age=20, max-stale=30", "no-cache, only-if-cached"),
);

const answer: fc.Arbitrary<Answer> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      does: fc.constant("answer" as const),
      status: fc.oneof(often(12, 200), rarely(203, 204, 302, 404, 410, 499), rarely(500, 503, 503, 429)),
      changes: fc.boolean(),
      cacheControl: responseCacheControl,
      dated: fc.oneof(often(6, 0), rarely(undefined, -5, -100, 10)),
      expires: fc.oneof(often(6, undefined), rarely<number | "0">(10, 60, -5, "0")),
      age: fc.oneof(often(6, undefined), rarely("0", "5", "50", "x")),
      vary: fc.oneof(
        often(5, undefined),
        often(4, "Accept-Language"),
        rarely("authorization", "Authorization, accept-language", "*"),
      ),
      varies: fc.oneof(often(2, true), often(1, false)),
      tag: fc.constantFrom("strong", "strong", "weak", "none"),
      modified: fc.boolean(),
      notModified: fc.oneof(
        often(10, "full" as const),
        rarely("ignores" as const, "bare", "other", "date", "weakened", "always"),
      ),
      ranges: fc.oneof(often(3, true), often(1, false)),
      body: fc.oneof(often(10, "whole" as const), rarely("announced" as const, "reset", "short")),
      location: fc.oneof(often(3, undefined), rarely(0, 1)),
      groups: fc.oneof(often(3, undefined), rarely('"g"', '"h"', '"g", "h"')),
      invalidates: fc.oneof(often(3, undefined), rarely('"g"', '"h"')),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("fail" as const),
      kind: fc.constantFrom("unreachable", "broken", "timeout"),
      unsent: fc.boolean(),
    }),
  },
);

const ask: fc.Arbitrary<Ask> = fc.record({
  does: fc.constant("ask" as const),
  method: fc.oneof(often(14, "GET"), rarely("HEAD", "POST", "PUT", "DELETE", "OPTIONS")),
  target: fc.oneof(often(5, 0), often(1, 1)),
  user: fc.oneof(often(3, undefined), rarely("A", "B")),
  language: fc.constantFrom(undefined, "en", "fr", "en, fr", "en,fr"),
  cacheControl: requestCacheControl,
  pragma: fc.oneof(often(15, false), often(1, true)),
  ifNoneMatch: fc.oneof(often(8, "none" as const), rarely("current" as const, "unknown")),
  range: fc.oneof(often(10, undefined), rarely("bytes=0-1", "bytes=1-2", "bytes=2-", "bytes=-2")),
  answers: fc.tuple(answer, answer),
  holds: fc.oneof(often(5, "nothing" as const), rarely("head" as const, "content")),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: ask },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("pass" as const),
      seconds: fc.constantFrom(0.5, 1, 4, 5, 9, 10, 11, 30, 60, 61, 100, 1000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("release" as const), which: fc.nat(5) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("purge" as const),
      mode: fc.constantFrom("soft", "hard"),
      scope: fc.constantFrom("target", "group", "all"),
    }),
  },
);

/** Histories of so many steps. */
export const histories = (length: number): fc.Arbitrary<History> =>
  fc.record({
    kind: fc.record({
      shared: fc.oneof(often(3, true), often(1, false)),
      chose: fc.oneof(often(5, choices[0]!), rarely(...choices)),
    }),
    steps: fc.array(step, { minLength: 1, maxLength: length, size: "max" }),
  });
