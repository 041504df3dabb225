import type { StoredResponse } from "@larder/core";
import { type MakeHasher, webHasher } from "./hasher.ts";
import { headSize } from "./head-size.ts";
import { MemoryBacking } from "./memory-backing.ts";
import { newestFirst } from "./newest-first.ts";
import { SpoolWriter } from "./spool-writer.ts";
import {
  type Content,
  type ContentWriter,
  type Expectation,
  isSameContent,
  type SameContent,
  type Store,
  type Walk,
} from "./store.ts";

interface MemoryStoreOptions {
  /** octets of content and heads that are kept; beyond that the least recently used responses go */
  readonly maxBytes: number;
  /** how digests are made; the default knows sha1, sha256, sha384 and sha512 */
  readonly hasher?: MakeHasher;
}

/**
 * A store that ends with the process. Content is also bounded while it arrives: what is bigger than the whole store
 * fails to be written.
 */
export function memoryStore(options: MemoryStoreOptions): Store {
  return new MemoryStore(options);
}

/** The stored responses of a cache key: those put last first, and those that came last first. */
interface Variants {
  readonly put: readonly StoredResponse[];
  readonly newest: readonly StoredResponse[];
}

class MemoryStore implements Store {
  readonly #maxBytes: number;
  readonly #hasher: MakeHasher;
  /** the least recently used key comes first */
  readonly #keys = new Map<string, Variants>();
  /** by id */
  readonly #contents = new Map<string, Content>();
  /** how many responses have it */
  readonly #used = new Map<Content, number>();
  readonly #writers = new WeakSet<ContentWriter>();
  #bytes = 0;

  constructor({ maxBytes, hasher = webHasher }: MemoryStoreOptions) {
    this.#maxBytes = maxBytes;
    this.#hasher = hasher;
  }

  list(cacheKey: string): readonly StoredResponse[] {
    const variants = this.#keys.get(cacheKey);
    if (variants === undefined) return none;
    this.#keys.delete(cacheKey);
    this.#keys.set(cacheKey, variants);
    return variants.newest;
  }

  open(stored: StoredResponse): Content | undefined {
    return this.#contents.get(stored.id);
  }

  create(expected: Expectation): ContentWriter {
    const writer = new SpoolWriter(new MemoryBacking(this.#maxBytes), expected, this.#hasher);
    this.#writers.add(writer);
    return writer;
  }

  put(stored: StoredResponse, given?: ContentWriter | SameContent, replaces: readonly StoredResponse[] = none): void {
    if (given === undefined) {
      this.remove(replaces.filter(({ id }) => id !== stored.id));
      this.#freshen(stored);
    } else {
      const content = isSameContent(given) ? this.#contents.get(given.as.id) : this.#take(given);
      this.remove(content === undefined ? replaces : [...replaces, stored]);
      if (content === undefined || stored.content.length + headSize(stored) > this.#maxBytes) return;
      this.#bytes += headSize(stored) + this.#uses(content, 1);
      this.#contents.set(stored.id, content);
      const others = this.#keys.get(stored.cacheKey)?.put ?? none;
      this.#keys.delete(stored.cacheKey); // so that it goes to the end
      this.#keep(stored.cacheKey, [stored, ...others]);
    }
    this.#evict();
  }

  remove(stored: readonly StoredResponse[]): void {
    for (const { id, cacheKey } of stored) {
      const variants = this.#keys.get(cacheKey);
      const found = variants?.put.find((variant) => variant.id === id);
      if (variants === undefined || found === undefined) continue;
      this.#bytes -= headSize(found) + this.#uses(this.#contents.get(id)!, -1);
      this.#contents.delete(id);
      if (variants.put.length === 1) this.#keys.delete(cacheKey);
      else
        this.#keep(
          cacheKey,
          variants.put.filter((variant) => variant !== found),
        );
    }
  }

  *walk({ prefix }: Walk): Generator<readonly StoredResponse[]> {
    // looking a key up brings it to the end, where it would come again
    for (const key of [...this.#keys.keys()]) if (key.startsWith(prefix)) yield this.#keys.get(key)?.put ?? none;
  }

  size(): { readonly bytes: number; readonly responses: number } {
    return { bytes: this.#bytes, responses: this.#contents.size };
  }

  close(): void {
    this.#keys.clear();
    this.#contents.clear();
    this.#used.clear();
    this.#bytes = 0;
  }

  #take(writer: ContentWriter): Content {
    if (!(writer instanceof SpoolWriter) || !this.#writers.has(writer))
      throw new Error("the content was written to another store");
    writer.take();
    return writer.content;
  }

  /** One response more has the content, or one less. @returns the octets that are kept for it, where it is the first or was the last */
  #uses(content: Content, change: 1 | -1): number {
    const before = this.#used.get(content) ?? 0;
    this.#used.set(content, before + change);
    if (before + change === 0) this.#used.delete(content);
    return before === 0 || before + change === 0 ? content.length! : 0;
  }

  #freshen(stored: StoredResponse): void {
    const variants = this.#keys.get(stored.cacheKey)?.put ?? none;
    const before = variants.find(({ id }) => id === stored.id);
    if (before === undefined) return;
    this.#bytes += headSize(stored) - headSize(before);
    this.#keep(
      stored.cacheKey,
      variants.map((variant) => (variant === before ? stored : variant)),
    );
  }

  #keep(cacheKey: string, put: readonly StoredResponse[]): void {
    this.#keys.set(cacheKey, { put, newest: newestFirst(put) });
  }

  #evict(): void {
    for (const variants of this.#keys.values()) {
      for (const variant of variants.newest.toReversed()) {
        if (this.#bytes <= this.#maxBytes) return;
        this.remove([variant]);
      }
    }
  }
}

const none: readonly StoredResponse[] = [];
