// What differs from cache to cache: whom it serves, and what its operator chose.
import { type Policy, plainPolicy, type ResponseHead } from "@larder/core";

export interface Kind {
  /** for several users (§1.2.1) */
  readonly shared: boolean;
  readonly chose: Choices;
}

/** What an operator chose, in seconds; `undefined` and 0: nothing. */
export interface Choices {
  /** each response is fresh for so long, whatever it says */
  readonly exactly?: number;
  /** each response is fresh for what it says, but no longer */
  readonly atMost?: number;
  /** each 200 is fresh for so long, whatever it says */
  readonly override?: number;
  /** each error is kept, for so long where it does not say less */
  readonly negative?: number;
  /** how long past that it may answer while it is validated, when the upstream answers with an error, or not at all */
  readonly whileRevalidate: number;
  readonly ifError: number;
  readonly ifDisconnected: number;
  /** what is made of a 304 without validators */
  readonly bare: Policy["bareNotModified"];
  /** whether an error in answer to a validation is asked about again */
  readonly asksAgain: boolean;
}

const nothing: Choices = { whileRevalidate: 0, ifError: 0, ifDisconnected: 0, bare: "accept", asksAgain: false };

export const choices: readonly Choices[] = [
  nothing,
  { ...nothing, exactly: 30, ifDisconnected: 100 },
  { ...nothing, atMost: 20, whileRevalidate: 10, asksAgain: true },
  { ...nothing, override: 30, bare: "retry" },
  { ...nothing, negative: 20, bare: "strict", ifError: 50 },
  { ...nothing, whileRevalidate: 30, ifError: 50, ifDisconnected: 200 },
];

/** The same as `core` takes it. */
export function policyOf({ chose }: Kind): Policy {
  const { exactly, atMost, override, negative } = chose;
  const choose = ({ status }: ResponseHead) => {
    if (status === 200 && override !== undefined) return { type: "override" as const, seconds: override };
    if (status >= 400 && negative !== undefined) return { type: "negative" as const, seconds: negative };
    return undefined;
  };
  return {
    ...plainPolicy,
    choose,
    ...(exactly !== undefined && { lifetime: { rule: "exactly", seconds: exactly } }),
    ...(atMost !== undefined && { lifetime: { rule: "at-most", seconds: atMost } }),
    staleWhileRevalidate: chose.whileRevalidate,
    staleIfError: chose.ifError,
    staleIfDisconnected: chose.ifDisconnected,
    bareNotModified: chose.bare,
    failedValidation: chose.asksAgain ? "retry" : "final",
  };
}
