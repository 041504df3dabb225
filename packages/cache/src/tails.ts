/** Octets for the newest parts of all content that arrives, so that readers who nearly keep up share them. */
const together = 8 << 20;
const atLeast = 256 << 10;

/** Shares out the memory for the newest parts of content among all that arrives at the same time. */
export class Tails {
  #count = 0;

  /** @returns what must be called once, when the part isn't needed any more */
  enter(): () => void {
    this.#count++;
    return () => {
      this.#count--;
    };
  }

  /** Octets for each. */
  share(): number {
    return Math.max(atLeast, together / Math.max(1, this.#count));
  }
}
