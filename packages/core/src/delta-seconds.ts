import type { Seconds } from "./message.ts";

/** The largest number of seconds that is told apart (RFC 9111 §1.2.2): 2^31, about 68 years. */
export const maxDeltaSeconds: Seconds = 2 ** 31;

const digits = /^[0-9]+$/;

/**
 * A non-negative whole number of seconds (RFC 9111 §1.2.2); one that is too large becomes `maxDeltaSeconds`.
 * @returns undefined when the text is anything else: a sign, a fraction, white space, nothing
 */
export function parseDeltaSeconds(text: string | undefined): Seconds | undefined {
  return text !== undefined && digits.test(text) ? Math.min(Number(text), maxDeltaSeconds) : undefined;
}
