import type { ResponseRows, Unused } from "./response-rows-node.ts";

/**
 * All that is changed in one turn of the event loop, as one transaction, which is committed when the turn is over: a
 * commit costs more than what is in it. Whoever reads the database meanwhile sees the changes. All of them happen, or
 * none of them does.
 */
export class Turn {
  /** settled when it is over; rejected when nothing of it happened */
  readonly over: Promise<void>;
  /** cache keys of what is changed */
  readonly keys = new Set<string>();
  /** content that no response has any more when it is over */
  readonly unused: (Unused | undefined)[] = [];
  /** rows that are new */
  readonly inserted = new Set<number>();
  readonly #rows: ResponseRows;
  readonly #immediate: NodeJS.Immediate;
  #resolve!: () => void;
  #reject!: (reason: unknown) => void;

  /** Begins it. @param commit called at its end */
  constructor(rows: ResponseRows, commit: () => void) {
    this.#rows = rows;
    rows.begin();
    this.over = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // those who wait for it are told; that there may be none is no fault
    this.over.catch(() => undefined);
    this.#immediate = setImmediate(commit);
  }

  /** @throws when nothing of it can happen; `fail` has to follow then */
  commit(): void {
    clearImmediate(this.#immediate);
    this.#rows.commit();
    this.#resolve();
  }

  /** Nothing of it happens. */
  fail(reason: unknown): void {
    clearImmediate(this.#immediate);
    this.#reject(reason);
    this.#rows.rollback();
  }
}
