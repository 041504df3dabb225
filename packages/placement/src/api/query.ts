import { badRequest } from "../refusal.ts";
import { findFault, type Schema } from "./json-schema.ts";

/** A query string, decoded: keys may repeat, and it depends on the parameter what that means. */
export class Query {
  readonly #entries: readonly (readonly [key: string, value: string])[];

  private constructor(entries: readonly (readonly [string, string])[]) {
    this.#entries = entries;
  }

  /**
   * @param text what follows the question mark; "" = there is none
   * @throws {Refusal} 400 when it is not percent-encoded UTF-8
   */
  static parse(text: string): Query {
    if (text === "") return new Query([]);
    const entries: [string, string][] = [];
    for (const part of text.split("&")) {
      if (part === "") continue;
      const equals = part.indexOf("=");
      entries.push(equals < 0 ? [decode(part), ""] : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))]);
    }
    return new Query(entries);
  }

  has(key: string): boolean {
    return this.#entries.some(([name]) => name === key);
  }

  all(key: string): readonly string[] {
    return this.#entries.filter(([name]) => name === key).map(([, value]) => value);
  }

  /** The value of a key; of several the last. */
  last(key: string): string | undefined {
    return this.#entries.findLast(([name]) => name === key)?.[1];
  }

  /** All of them in order. */
  [Symbol.iterator](): Iterator<readonly [key: string, value: string]> {
    return this.#entries[Symbol.iterator]();
  }

  /** @throws {Refusal} 400 unless the keys, each with its last value, are as the schema says */
  check(schema: Schema): void {
    const fault = findFault(Object.fromEntries(this.#entries), schema);
    if (fault !== undefined) throw badRequest(`Invalid query string parameters: ${fault}`);
  }
}

function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced.replace(/%(?![0-9a-fA-F]{2})/g, "%25"));
  } catch {
    throw badRequest(`Invalid query string parameters: '${text.slice(0, 100)}' is not percent-encoded UTF-8`);
  }
}
