import { type Content, storedFromJson } from "@larder/cache";
import type { StoredResponse, Timestamp } from "@larder/core";
import { createLru } from "../lru.ts";
import { inMemory } from "../outgoing.ts";
import type { Copy, Order, Word } from "./messages.ts";

/** Octets of copies that a worker may have, and of keys that it remembers to have been hits. */
const mostBytes = 64 << 20;
const mostRemembered = 4 << 20;
/** Milliseconds for which what was taken back is not borrowed again: what changes all the time is not worth it. */
const restsFor = 100;

/** What a worker may answer with: all that is stored under a key, and the content of what is small. */
export interface Borrowed {
  readonly stored: readonly StoredResponse[];
  readonly contents: ReadonlyMap<StoredResponse, Content>;
}

interface Kept extends Borrowed {
  readonly from: Timestamp;
  readonly until: Timestamp;
  readonly bytes: number;
}

/** The copies that a worker has on its keeper's word: the oldest first, since all are lent for the same time. */
export class OwnCopies {
  readonly #tell: (word: Word) => void;
  readonly #now: () => Timestamp;
  readonly #kept = new Map<string, Kept>();
  /** keys that were hits, and from when they may be borrowed */
  readonly #hits = createLru<Timestamp>(mostRemembered);
  readonly #asked = new Set<string>();
  #bytes = 0;

  constructor(tell: (word: Word) => void, now: () => Timestamp) {
    this.#tell = tell;
    this.#now = now;
  }

  get(cacheKey: string): Borrowed | undefined {
    const kept = this.#kept.get(cacheKey);
    if (kept === undefined || isUsable(kept, this.#now())) return kept;
    this.#giveBack([cacheKey]);
    return undefined;
  }

  /** The keeper has answered from the store: what is asked for more than once is worth a copy. */
  noteHit(cacheKey: string): void {
    const from = this.#hits.get(cacheKey);
    if (from === undefined) this.#remember(cacheKey, 0);
    else if (this.#now() >= from && !this.#asked.has(cacheKey) && !this.#kept.has(cacheKey)) {
      this.#asked.add(cacheKey);
      this.#tell({ type: "borrow", cacheKey });
    }
  }

  /** Does what the keeper says about copies; its other orders are none of this. */
  obey(order: Order): void {
    if (order.type === "lent") this.#take(order.cacheKey, order.copy);
    else if (order.type === "give-back") {
      for (const key of order.cacheKeys) {
        this.#drop(key);
        this.#remember(key, this.#now() + restsFor);
      }
      this.#tell({ type: "returned", cacheKeys: order.cacheKeys, order: order.order });
    }
  }

  /** Gives back what may not be used any more; to be called now and then. */
  sweep(): void {
    const now = this.#now();
    const over = [...this.#kept].filter(([, kept]) => !isUsable(kept, now)).map(([key]) => key);
    if (over.length > 0) this.#giveBack(over);
  }

  #take(cacheKey: string, copy: Copy | undefined): void {
    this.#asked.delete(cacheKey);
    if (copy === undefined) return;
    const contents = new Map<StoredResponse, Content>();
    const stored: StoredResponse[] = [];
    let bytes = 2 * cacheKey.length;
    for (const one of copy.responses) {
      const response = storedFromJson(one.stored)!;
      stored.push(response);
      for (const text of response.fields.raw) bytes += 2 * text.length;
      bytes += 500 + (one.content?.length ?? 0);
      if (one.content !== undefined) contents.set(response, inMemory(one.content));
    }
    this.#kept.set(cacheKey, { stored, contents, from: copy.from, until: copy.until, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= mostBytes) break;
      this.#giveBack([oldest]);
    }
  }

  #remember(cacheKey: string, from: Timestamp): void {
    this.#hits.set(cacheKey, from, 2 * cacheKey.length + 100);
  }

  #drop(cacheKey: string): void {
    this.#bytes -= this.#kept.get(cacheKey)?.bytes ?? 0;
    this.#kept.delete(cacheKey);
  }

  #giveBack(cacheKeys: readonly string[]): void {
    for (const key of cacheKeys) this.#drop(key);
    this.#tell({ type: "returned", cacheKeys });
  }
}

/** A clock that was set back makes no copy live longer. */
const isUsable = ({ from, until }: Kept, now: Timestamp): boolean => now >= from && now < until;
