// One answer of the upstream as data, and how it goes out: also in ways that node:http would not let through.
import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

export interface Answer {
  readonly status: number;
  /** lower-case names; Date and Content-Length are added where they are not given */
  readonly fields: Readonly<Record<string, string>>;
  readonly content: Uint8Array;
  /** how it goes out; left out = whole, at once */
  readonly sent?:
    | { readonly as: "never" }
    /** this share of the content, then a reset of the connection */
    | { readonly as: "reset"; readonly after: number }
    /** in this many pieces, a tenth of a second between them */
    | { readonly as: "drip"; readonly pieces: number };
}

/** Sends it straight to the socket and closes the connection, so that any field and any length can be claimed. */
export async function send(answer: Answer, response: ServerResponse, headOnly: boolean): Promise<void> {
  const socket = response.socket;
  if (socket === null || answer.sent?.as === "never") return; // the one who asks has to give up
  const bodiless = headOnly || answer.status === 304;
  const length = answer.status === 304 ? {} : { "content-length": String(answer.content.length) };
  const fields = { date: new Date().toUTCString(), ...length, ...answer.fields, connection: "close" };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on("error", () => {}); // whoever asked may leave at any time
  socket.write(`HTTP/1.1 ${answer.status} ${answer.status === 200 ? "OK" : "Other"}\r\n${lines.join("")}\r\n`);
  const content = bodiless ? new Uint8Array() : answer.content;
  switch (answer.sent?.as) {
    case undefined:
      socket.end(content);
      return;
    case "reset":
      socket.write(content.subarray(0, Math.floor(content.length * answer.sent.after)));
      await delay(100); // so that what was sent arrives before the reset
      socket.resetAndDestroy();
      return;
    case "drip": {
      const piece = Math.ceil(content.length / answer.sent.pieces);
      for (let at = 0; at < content.length && !socket.destroyed; at += piece) {
        socket.write(content.subarray(at, at + piece));
        await delay(100);
      }
      socket.end();
    }
  }
}
