import type { Seconds } from "./message.ts";

/** The largest number of seconds that is told apart (RFC 9111 §1.2.2): 2^31, about 68 years. */
export const maxDeltaSeconds: Seconds = 2 ** 31;

/**
 * A non-negative whole number of seconds (RFC 9111 §1.2.2); one that is too large becomes `maxDeltaSeconds`.
 * @returns undefined when the text is anything else: a sign, a fraction, white space, nothing
 */
export function parseDeltaSeconds(text: string | undefined): Seconds | undefined {
  if (text === undefined || text === "") return undefined;
  let seconds = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    seconds = Math.min(seconds * 10 + digit, maxDeltaSeconds);
  }
  return seconds;
}
