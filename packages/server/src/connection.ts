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
  return response.destroyed || response.req.socket.destroyed;
}

/** Cuts the connection so that the client notices, also one that reads until the connection ends. */
export function cut(response: ServerResponse): void {
  response.req.socket.resetAndDestroy();
}

/** The answers under way on each connection that are not given at once. */
export class Running {
  readonly #responses = new WeakMap<Socket, Set<ServerResponse>>();

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

  /** Whether octets written to the connection now would be read as the answer to its last request. */
  isNext(socket: Socket): boolean {
    const responses = [...(this.#responses.get(socket) ?? [])];
    return responses.length === 0 || (responses.length === 1 && !responses[0]!.headersSent);
  }
}
