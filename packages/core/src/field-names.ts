/**
 * Whether a field name is the one that is looked for (RFC 9110 §5.1: names have no case). Most differ in their length or
 * their first letter already, which costs next to nothing.
 * @param received as in a message
 * @param wanted lower case
 */
export function isNamed(received: string, wanted: string): boolean {
  if (received.length !== wanted.length || (received.charCodeAt(0) | 0x20) !== (wanted.charCodeAt(0) | 0x20))
    return false;
  return received === wanted || received.toLowerCase() === wanted;
}

/** A set of field names that is asked about names as they are in messages, in any case. */
export class FieldNames {
  readonly #byLength: string[][] = [];

  /** @param names lower case */
  constructor(...names: readonly string[]) {
    for (const name of names) {
      this.#byLength[name.length] ??= [];
      this.#byLength[name.length]!.push(name);
    }
  }

  /** @param received as in a message */
  has(received: string): boolean {
    const candidates = this.#byLength[received.length];
    if (candidates !== undefined) for (const name of candidates) if (isNamed(received, name)) return true;
    return false;
  }
}
