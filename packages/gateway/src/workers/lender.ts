import { type Copies, type Release, type Store, storedToJson } from "@larder/cache";
import type { StoredResponse } from "@larder/core";
import type { Copy, Order, Word } from "./messages.ts";

/** Octets of one response's content, and of all of a key's, beyond which only its head is lent. */
const mostContent = 256 * 1024;
const mostOfKey = 1024 * 1024;
/** Milliseconds for which a copy may be used, whatever happens. */
const lentFor = 10_000;
/** Milliseconds in which a worker must give back what it is asked for. */
const patience = 1_000;

/** Who may have copies. */
export interface Borrower {
  /** Orders arrive in the order in which they were given, and so does what it says. */
  tell(order: Order): void;
  /** Ends it at once. */
  kill(): void;
  /** settled when it is gone for certain, and can't answer anybody any more */
  readonly ended: Promise<unknown>;
}

/**
 * The keeper's account of who has copies of what is stored under which key. It lends only what nobody is changing, and what
 * is to be changed it has back before: who doesn't give it back in time is ended.
 */
export class Lender implements Copies {
  readonly #store: Pick<Store, "list" | "open">;
  readonly #now: () => number;
  readonly #onKill: (because: string) => void;
  readonly #holders = new Map<string, Set<Borrower>>();
  /** holds of one key, and how many */
  readonly #heldKeys = new Map<string, number>();
  readonly #heldRanges = new Set<(cacheKey: string) => boolean>();
  /** what is to be told when a borrower has given back what it was asked for, by the number of the order */
  readonly #awaited = new Map<Borrower, Map<number, () => void>>();
  #orders = 0;

  /** @param onKill told when one is ended that did not give back in time */
  constructor(store: Pick<Store, "list" | "open">, now: () => number, onKill: (because: string) => void) {
    this.#store = store;
    this.#now = now;
    this.#onKill = onKill;
  }

  /** From now on it may borrow, until it ends. */
  join(borrower: Borrower): void {
    this.#awaited.set(borrower, new Map());
    void borrower.ended.then(() => {
      const awaited = this.#awaited.get(borrower);
      this.#awaited.delete(borrower);
      for (const key of [...this.#holders.keys()]) this.#returned(borrower, key);
      for (const tell of awaited?.values() ?? []) tell();
    });
  }

  /** Takes in what a borrower says; nothing that isn't about copies. */
  hear(borrower: Borrower, word: Word): void {
    switch (word.type) {
      case "borrow":
        borrower.tell({ type: "lent", cacheKey: word.cacheKey, copy: this.#lend(borrower, word.cacheKey) });
        break;
      case "returned":
        for (const key of word.cacheKeys) this.#returned(borrower, key);
        if (word.order !== undefined) this.#awaited.get(borrower)?.get(word.order)?.();
    }
  }

  hold(keys: string | ((cacheKey: string) => boolean)): Release | Promise<Release> {
    let release: Release;
    if (typeof keys === "string") {
      this.#heldKeys.set(keys, (this.#heldKeys.get(keys) ?? 0) + 1);
      release = () => {
        const left = this.#heldKeys.get(keys)! - 1;
        if (left === 0) this.#heldKeys.delete(keys);
        else this.#heldKeys.set(keys, left);
      };
    } else {
      // two holds may be of the same function
      const range = (key: string) => keys(key);
      this.#heldRanges.add(range);
      release = () => this.#heldRanges.delete(range);
    }
    const lent = typeof keys === "string" ? [keys] : [...this.#holders.keys()].filter(keys);
    const from = new Map<Borrower, string[]>();
    for (const key of lent)
      for (const borrower of this.#holders.get(key) ?? []) from.set(borrower, [...(from.get(borrower) ?? []), key]);
    if (from.size === 0) return release;
    return Promise.all([...from].map((one) => this.#takeBack(...one))).then(() => release);
  }

  #takeBack(borrower: Borrower, cacheKeys: readonly string[]): Promise<void> {
    const awaited = this.#awaited.get(borrower)!;
    const order = ++this.#orders;
    return new Promise((resolve) => {
      const kill = () => {
        if (!awaited.has(order)) return;
        this.#onKill(`a worker did not give back copies within ${patience / 1000} s: it is ended`);
        borrower.kill();
      };
      // what came while this process was busy is read before it is judged
      const timer = setTimeout(() => setImmediate(kill), patience);
      awaited.set(order, () => {
        awaited.delete(order);
        clearTimeout(timer);
        resolve();
      });
      borrower.tell({ type: "give-back", order, cacheKeys });
    });
  }

  #returned(borrower: Borrower, key: string): void {
    const holders = this.#holders.get(key);
    if (holders?.delete(borrower) && holders.size === 0) this.#holders.delete(key);
  }

  /** @returns undefined where there is nothing to lend just now */
  #lend(borrower: Borrower, key: string): Copy | undefined {
    if (!this.#awaited.has(borrower) || this.#heldKeys.has(key)) return undefined;
    for (const covers of this.#heldRanges) if (covers(key)) return undefined;
    const responses = this.#read(key);
    if (responses === undefined) return undefined;
    const holders = this.#holders.get(key) ?? new Set();
    this.#holders.set(key, holders.add(borrower));
    return { from: this.#now(), until: this.#now() + lentFor, responses };
  }

  /** @returns undefined where there is nothing, or it takes time: what takes time could change meanwhile */
  #read(key: string): Copy["responses"] | undefined {
    try {
      const stored = this.#store.list(key);
      if (stored instanceof Promise || stored.length === 0) return undefined;
      let room = mostOfKey;
      return stored.map((one) => {
        const content = one.content.length > Math.min(mostContent, room) ? undefined : this.#contentOf(one);
        room -= content?.length ?? 0;
        return { stored: storedToJson(one), content };
      });
    } catch {
      // whoever asks the keeper for it is told what is wrong with the store
      return undefined;
    }
  }

  #contentOf(stored: StoredResponse): Uint8Array | undefined {
    const content = this.#store.open(stored);
    if (!(content instanceof Promise)) return content?.bytes;
    content.catch(() => undefined);
    return undefined;
  }
}
