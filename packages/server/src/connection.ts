import type { Socket } from "node:net";
import type { Reply } from "./reply.ts";

/** What is under way on each connection, for when something goes wrong on it. Answers given at once never are. */
export class Running {
  readonly #replies = new WeakMap<object, Set<Reply>>();
  readonly #refused = new WeakSet<object>();

  add(reply: Reply): void {
    const { carrier } = reply;
    let replies = this.#replies.get(carrier);
    if (replies === undefined) {
      replies = new Set();
      this.#replies.set(carrier, replies);
    }
    if (replies.has(reply)) return;
    replies.add(reply);
    reply.onOver(() => replies.delete(reply));
  }

  /** The answers that are not sent yet, in the order of their requests. */
  on(socket: Socket): readonly Reply[] {
    return [...(this.#replies.get(socket) ?? [])];
  }

  /** Notes that a request was refused, so that nothing else is to be answered on what carries it. */
  refuse(carrier: object): void {
    this.#refused.add(carrier);
  }

  isRefused(carrier: object): boolean {
    return this.#refused.has(carrier);
  }
}
