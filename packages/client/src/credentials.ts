import { webHasher } from "@larder/cache";
import type { Fields } from "@larder/core";

/** Digests that are remembered, and whose key spaces are invalidated together. */
const mostKnown = 100;

/**
 * Key spaces by credentials, so that what came for one user is never seen by another although the same program asks
 * for both. The credentials themselves are in no key: only their digest is.
 */
export class KeySpaces {
  readonly #known = new Map<string, string>();
  readonly #names: readonly string[];

  /** @param names of the fields that tell users apart, lower case */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** @returns the key space of a request with these fields; "" for one without credentials */
  of(fields: Fields): string | Promise<string> {
    if (fields.raw.length === 0 || !this.#names.some((name) => fields.has(name))) return "";
    const text = JSON.stringify(this.#names.map((name) => fields.get(name)));
    return this.#known.get(text) ?? this.#digest(text);
  }

  /** All that were used lately: a change by one user is one that all must ask about (RFC 9111 §4.4). */
  all(): readonly string[] {
    return ["", ...this.#known.values()];
  }

  async #digest(text: string): Promise<string> {
    const hasher = webHasher("sha256");
    hasher.update(new TextEncoder().encode(text));
    const space = `${(await hasher.digest()).slice(0, 32)} `;
    this.#known.set(text, space);
    if (this.#known.size > mostKnown) this.#known.delete(this.#known.keys().next().value!);
    return space;
  }
}
