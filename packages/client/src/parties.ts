/** Why a transfer was ended: all who had waited for it had given up. */
export class GivenUp extends Error {
  override readonly name = "GivenUp";
}

/**
 * Those who wait for the same cache key while something is on its way from the network, and the transfers that bring
 * it. When the last one gives up, the transfers end; as long as one stays, they go on for it.
 */
export class Party {
  readonly #over: () => void;
  readonly #transfers = new Set<(reason: unknown) => void>();
  #present = 0;

  /** @param over told when nothing is under way any more */
  constructor(over: () => void) {
    this.#over = over;
  }

  /**
   * @param signal gives up when it is aborted
   * @returns one's stay
   */
  enter(signal: AbortSignal | undefined): Stay {
    this.#present++;
    return new Stay(signal, (gaveUp) => this.#leave(gaveUp));
  }

  /** @returns what must be called when the transfer is over */
  transferBegins(abort: (reason: unknown) => void): () => void {
    this.#transfers.add(abort);
    return () => {
      this.#transfers.delete(abort);
      if (this.#transfers.size === 0 && this.#present === 0) this.#over();
    };
  }

  #leave(gaveUp: boolean): void {
    this.#present--;
    if (this.#present > 0) return;
    if (gaveUp) for (const abort of this.#transfers) abort(new GivenUp("nobody waits for it any more"));
    if (gaveUp || this.#transfers.size === 0) this.#over();
  }
}

/** The time for which one waits. */
export class Stay {
  readonly #signal: AbortSignal | undefined;
  readonly #left: (gaveUp: boolean) => void;
  readonly #aborted: Promise<never> | undefined;
  #onAbort: (() => void) | undefined;
  #ended = false;

  constructor(signal: AbortSignal | undefined, left: (gaveUp: boolean) => void) {
    this.#signal = signal;
    this.#left = left;
    if (signal === undefined) return;
    this.#aborted = new Promise((_, reject) => {
      this.#onAbort = () => {
        this.end(true);
        reject(signal.reason);
      };
      signal.addEventListener("abort", this.#onAbort, { once: true });
    });
    this.#aborted.catch(() => undefined);
  }

  /** What the work gives, unless the signal is aborted first. */
  orAborted<T>(work: Promise<T>): Promise<T> {
    return this.#aborted === undefined ? work : Promise.race([work, this.#aborted]);
  }

  /** Told when the signal is aborted while the stay lasts. */
  whenAborted(act: (reason: unknown) => void): void {
    this.#aborted?.catch(act);
  }

  /** @param gaveUp left before it had what it wanted */
  end(gaveUp: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#left(gaveUp);
  }
}

/** The parties of all cache keys. */
export class Parties {
  readonly #byKey = new Map<string, Party>();

  of(cacheKey: string): Party {
    const known = this.#byKey.get(cacheKey);
    if (known !== undefined) return known;
    const party: Party = new Party(() => {
      if (this.#byKey.get(cacheKey) === party) this.#byKey.delete(cacheKey);
    });
    this.#byKey.set(cacheKey, party);
    return party;
  }

  /** cache keys for which anything is under way */
  get size(): number {
    return this.#byKey.size;
  }
}
