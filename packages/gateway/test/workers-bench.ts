import type { Outgoing } from "@larder/server";
import { answer, type Gateway } from "../src/gateway.ts";
import { type Borrower, Lender } from "../src/workers/lender.ts";
import type { Order, Word } from "../src/workers/messages.ts";
import { OwnCopies } from "../src/workers/own-copies.ts";
import { answeringFromCopies, optionsOf } from "../src/workers/site.ts";
import { incomingOf, told } from "./bench.ts";

/** A worker in this process, and the channel between it and the keeper, whose messages arrive when the test says so. */
export class FakeWorker implements Borrower {
  readonly #toWorker: Order[] = [];
  readonly #toKeeper: Word[] = [];
  readonly #lender: Lender;
  readonly #copies: OwnCopies;
  readonly #handle: ReturnType<typeof answeringFromCopies>;
  readonly #end = Promise.withResolvers<void>();
  readonly ended = this.#end.promise;
  /** whether messages arrive at once */
  #prompt = true;
  isDead = false;
  /** requests that it passed on */
  passed = 0;

  constructor(gateway: Gateway, lender: Lender) {
    this.#lender = lender;
    const mounts = structuredClone(optionsOf(gateway.mounts));
    this.#copies = new OwnCopies((word) => {
      this.#toKeeper.push(word);
      if (this.#prompt) this.deliver();
    }, gateway.now);
    const passOn = async (incoming: Parameters<typeof answer>[1]): Promise<Outgoing> => {
      this.passed++;
      return answer(gateway, incoming);
    };
    this.#handle = answeringFromCopies(mounts, this.#copies, passOn, gateway.now);
    lender.join(this);
  }

  tell(order: Order): void {
    this.#toWorker.push(structuredClone(order));
    if (this.#prompt) this.deliver();
  }

  kill(): void {
    this.isDead = true;
    this.#toWorker.length = 0;
    this.#end.resolve();
  }

  /** From now on messages wait. */
  stop(): void {
    this.#prompt = false;
  }

  /** Lets messages arrive, in their order, as long as there are any. @param most of each side's */
  deliver(most = Number.POSITIVE_INFINITY): void {
    for (let count = 0; count < most && !this.isDead; count++) {
      const order = this.#toWorker.shift();
      if (order !== undefined) this.#copies.obey(order);
      const word = this.#toKeeper.shift();
      if (word !== undefined) this.#lender.hear(this, structuredClone(word));
      if (order === undefined && word === undefined) return;
    }
  }

  /** Gives back what is too old. */
  sweep(): void {
    this.#copies.sweep();
  }

  /** What a client of it gets, and whether a copy answered. */
  async get(...asked: Parameters<typeof incomingOf>) {
    const before = this.passed;
    const got = await told(await this.#handle(incomingOf(...asked)));
    return { ...got, fromCopy: this.passed === before };
  }
}

/** Workers in front of a gateway in this process. */
export function workersOf(gateway: Gateway, count: number) {
  const killed: string[] = [];
  const lender = new Lender(gateway.cache.store, gateway.now, (because) => killed.push(because));
  Object.assign(gateway.cache, { copies: lender });
  return { lender, killed, workers: Array.from({ length: count }, () => new FakeWorker(gateway, lender)) };
}
