import { setTimeout as delay } from "node:timers/promises";
import { type Counted, type Logger, loggable, sumOf } from "@larder/server";
import type { Lender } from "./lender.ts";
import { Member } from "./member.ts";
import type { Order, Word, WorkerOptions } from "./messages.ts";

/** Milliseconds: the longest pause before a worker that died at once is replaced, and what counts as at once. */
const longestPause = 5_000;
const atOnce = 2_000;
/** Milliseconds for which a worker's answer is waited for when all are asked what they have counted. */
const reportWait = 1_000;

/** What is known of one that lives. */
interface Known {
  counted: Counted | undefined;
  /** called at its next report */
  reported: (() => void)[];
}

type Report = Extract<Word, { type: "report" }>;

/** The worker processes of a keeper; who dies is replaced. */
export class Crew {
  readonly #options: () => WorkerOptions;
  readonly #lender: Lender;
  readonly #log: Logger;
  readonly #write: (lines: string) => void;
  readonly #members = new Map<Member, Known>();
  /** what those have counted who are gone */
  #gone: Counted[] = [];
  #closing = false;
  #diedAtOnce = 0;

  /** @param write takes lines of the workers' logs */
  constructor(options: () => WorkerOptions, lender: Lender, log: Logger, write: (lines: string) => void) {
    this.#options = options;
    this.#lender = lender;
    this.#log = log;
    this.#write = write;
  }

  /**
   * Starts so many workers and waits until all of them listen.
   * @returns the URL where they do
   * @throws {Error} of node:net, when the address can't be listened on
   */
  async start(workers: number): Promise<string> {
    try {
      const [url] = await Promise.all(Array.from({ length: workers }, () => this.#add()));
      return url!;
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  tell(order: Order): void {
    for (const member of this.#members.keys()) member.tell(order);
  }

  /** What each of them has counted, and those that are gone. */
  async counted(): Promise<readonly Counted[]> {
    const waiting = [...this.#members.values()].map(
      (one) => new Promise<void>((resolve) => void one.reported.push(resolve)),
    );
    this.tell({ type: "report" });
    await Promise.race([Promise.all(waiting), delay(reportWait)]);
    const living = [...this.#members.values()].flatMap(({ counted }) => (counted === undefined ? [] : [counted]));
    if (this.#gone.length > 1) this.#gone = [await sumOf(this.#gone).getMetricsAsJSON()];
    return [...living, ...this.#gone];
  }

  /** Lets them finish what runs; after so many milliseconds, and one more second, who is left is killed. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    this.tell({ type: "drain", graceMs });
    const late = setTimeout(() => this.#killAll(), Math.min(graceMs + 1000, 2 ** 31 - 1));
    await Promise.all([...this.#members.keys()].map(({ ended }) => ended));
    clearTimeout(late);
  }

  /** @returns its URL, when it listens */
  #add(): Promise<string> {
    return new Promise((resolve, reject) => {
      const known: Known = { counted: undefined, reported: [] };
      const member = new Member(this.#options(), (word) => {
        if (word.type === "listening") resolve(word.url);
        else if (word.type === "failed") {
          reject(Object.assign(new Error(word.error.message), word.error));
          member.kill();
        } else if (word.type === "report") this.#take(word, known);
        else this.#lender.hear(member, word);
      });
      this.#lender.join(member);
      this.#members.set(member, known);
      void member.ended.then((how) => {
        this.#members.delete(member);
        for (const tell of known.reported) tell();
        if (known.counted !== undefined) this.#gone.push(known.counted);
        reject(new Error(`a worker ended ${how} before it listened`));
        if (!this.#closing) this.#replace(member, how);
      });
    });
  }

  #take({ lines, counted }: Report, known: Known): void {
    if (lines !== "") this.#write(lines);
    if (counted === undefined) return;
    known.counted = counted;
    for (const tell of known.reported.splice(0)) tell();
  }

  #replace({ pid, since }: Member, how: string): void {
    this.#diedAtOnce = performance.now() - since < atOnce ? this.#diedAtOnce + 1 : 0;
    const pause = this.#diedAtOnce === 0 ? 0 : Math.min(longestPause, 50 * 2 ** this.#diedAtOnce);
    this.#log.error({ pid }, `a worker ended ${how}; another one takes its place`);
    setTimeout(() => {
      if (!this.#closing) this.#add().catch((error: Error) => this.#log.error(loggable(error.message)));
    }, pause);
  }

  async #end(): Promise<void> {
    this.#closing = true;
    this.#killAll();
    await Promise.all([...this.#members.keys()].map(({ ended }) => ended));
  }

  #killAll(): void {
    for (const member of this.#members.keys()) member.kill();
  }
}
