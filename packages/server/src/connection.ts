import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Calls `listener` once, when the answer is over: sent, or its client gone.
 * @returns undoes it
 */
export function onOver(response: ServerResponse, listener: () => void): () => void {
  // an answer that waits behind others of its connection (RFC 9112 §9.3.2) is not told when the connection closes
  const source = response.socket === null ? response.req.socket : undefined;
  const once = (): void => {
    undo();
    listener();
  };
  const undo = (): void => {
    response.off("close", once);
    source?.off("close", once);
  };
  response.once("close", once);
  source?.setMaxListeners(0).once("close", once);
  return undo;
}

/** Whether nobody is there any more to send an answer to. */
export function isGone(response: ServerResponse): boolean {
  return response.destroyed || !response.req.socket.writable;
}

/** Cuts the connection so that the client notices, also one that reads until the connection ends. */
export function cut(response: ServerResponse): void {
  response.req.socket.resetAndDestroy();
}

/** What is under way on each connection, for when something goes wrong on it. Answers given at once never are. */
export class Running {
  readonly #responses = new WeakMap<Socket, Set<ServerResponse>>();
  readonly #refused = new WeakSet<Socket>();

  add(response: ServerResponse): void {
    const { socket } = response.req;
    let responses = this.#responses.get(socket);
    if (responses === undefined) {
      responses = new Set();
      this.#responses.set(socket, responses);
    }
    if (responses.has(response)) return;
    responses.add(response);
    onOver(response, () => responses.delete(response));
  }

  /** The answers that are not sent yet, in the order of their requests. */
  on(socket: Socket): readonly ServerResponse[] {
    return [...(this.#responses.get(socket) ?? [])];
  }

  /** Notes that a request was refused, so that nothing else is to be answered on its connection. */
  refuse(socket: Socket): void {
    this.#refused.add(socket);
  }

  isRefused(socket: Socket): boolean {
    return this.#refused.has(socket);
  }
}
