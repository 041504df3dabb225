declare global {
  interface JSON {
    /** JSON text that JSON.stringify puts in as it is (ECMA-262, JSON.rawJSON); not in TypeScript's library yet */
    rawJSON(text: string): unknown;
  }
}

/** A number with a fraction, which shows even where it is zero: programs in Python print 1.0 and 1 differently. */
export function float(value: number): unknown {
  const text = String(value);
  return /^-?\d+$/.test(text) ? JSON.rawJSON(`${text}.0`) : value;
}
