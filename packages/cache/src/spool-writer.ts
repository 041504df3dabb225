import type { Hasher, MakeHasher } from "./hasher.ts";
import { type Backing, Spool } from "./spool.ts";
import { ContentMismatch, type ContentWriter, type Expectation, type MaybePromise } from "./store.ts";

/** A backing that takes octets in. */
export interface WritableBacking extends Backing {
  append(chunk: Uint8Array): MaybePromise<void>;
  /** The last octet has been appended. */
  seal(): MaybePromise<void>;
  /** Nothing is to be kept; readers that were retained may go on. Allowed more than once. */
  discard(): void;
}

type State = "open" | "writing" | "full" | "finishing" | "finished" | "taken" | "failed";

/** The writer's side of a spool: counts, hashes, compares with what is expected, and tells readers how far to go. */
export class SpoolWriter<B extends WritableBacking> implements ContentWriter {
  readonly content: Spool;
  readonly backing: B;
  readonly #expected: Expectation;
  readonly #sha256: Hasher;
  /** of another algorithm that is expected */
  readonly #other: Hasher | undefined;
  #written = 0;
  #state: State = "open";
  /** why there was no room */
  #why: Error | undefined;

  constructor(backing: B, expected: Expectation, makeHasher: MakeHasher) {
    this.backing = backing;
    this.#expected = expected;
    this.#sha256 = makeHasher("sha256");
    const algorithm = expected.digest?.algorithm;
    this.#other = algorithm === undefined || algorithm === "sha256" ? undefined : makeHasher(algorithm);
    this.content = new Spool(backing, expected.length);
  }

  write(chunk: Uint8Array): MaybePromise<void> {
    this.#mustBe("open");
    if (chunk.length === 0) return;
    const { length } = this.#expected;
    if (length !== undefined && this.#written + chunk.length > length)
      this.#give(new ContentMismatch(`content goes on after ${length} octets, where it should have ended`));
    this.#sha256.update(chunk);
    this.#other?.update(chunk);
    let appended: MaybePromise<void>;
    try {
      appended = this.backing.append(chunk);
    } catch (error) {
      this.#full(error as Error);
    }
    if (appended === undefined) return this.#advance(chunk.length);
    this.#state = "writing";
    return appended.then(
      () => {
        if (this.#state === "writing") this.#state = "open";
        this.#advance(chunk.length);
      },
      (error) => this.#full(error),
    );
  }

  handOver(iterator: AsyncIterator<Uint8Array>, why: Error): void {
    this.#mustBe("full");
    this.#state = "failed";
    this.content.continueWith({ iterator, why, whenRead: () => this.backing.discard() });
  }

  async finish(): Promise<{ readonly length: number; readonly sha256: string }> {
    this.#mustBe("open");
    this.#state = "finishing";
    try {
      const { length, digest } = this.#expected;
      if (length !== undefined && this.#written !== length)
        throw new ContentMismatch(`content ended after ${this.#written} octets; ${length} were expected`);
      await this.backing.seal();
      const sha256 = await this.#sha256.digest();
      const found = digest?.algorithm === "sha256" ? sha256 : await this.#other?.digest();
      if (digest !== undefined && found !== digest.hex)
        throw new ContentMismatch(`the content's ${digest.algorithm} is ${found}; ${digest.hex} was expected`);
      this.#mustBe("finishing");
      this.#state = "finished";
      this.content.complete(this.#written);
      return { length: this.#written, sha256 };
    } catch (error) {
      this.#give(error as Error);
    }
  }

  abort(error: Error): void {
    if (this.#state === "taken" || this.#state === "failed") return;
    if (this.#state !== "finished") this.content.fail(error);
    this.#state = "failed";
    this.backing.discard();
  }

  /**
   * The store makes this content its own: `abort` does nothing from now on.
   * @throws when it isn't finished, or was taken before, or given up: only a mistake in the code can do that
   */
  take(): void {
    this.#mustBe("finished");
    this.#state = "taken";
  }

  #advance(octets: number): void {
    this.#written += octets;
    if (this.#state === "failed") return;
    const { length, digest } = this.#expected;
    // the octet that is held back is the last one; without any expectation nothing can turn out wrong
    const held = length !== undefined ? this.#written === length : digest !== undefined;
    this.content.release(this.#written - (held ? 1 : 0));
  }

  /** @throws where it isn't: why it failed or is full, or that the code asks for things in the wrong order */
  #mustBe(state: State): void {
    if (this.#state === state) return;
    throw this.content.failure ?? this.#why ?? new Error(`the content is ${this.#state}, not ${state}`);
  }

  #full(error: Error): never {
    if (this.#state === "failed" || !this.#expected.mayOverflow) this.#give(error);
    this.#state = "full";
    this.#why = error;
    throw error;
  }

  #give(error: Error): never {
    this.abort(error);
    throw error;
  }
}
