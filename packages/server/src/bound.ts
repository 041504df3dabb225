import type { AddressInfo, Server } from "node:net";
import { type Address, showAddress } from "./address.ts";

/** Connections that can be ended. */
export interface Closing {
  /** those on which nothing is under way, and the others as soon as that is so */
  closeIdleConnections(): void;
  closeAllConnections(): void;
}

/** A file of the system's by which processes of one machine connect (unix(7)). */
export interface SocketFile {
  /** its path: at most some 100 octets, in a folder that only those may enter who may connect */
  readonly file: string;
}

/** A server that accepts requests, and how it stops. */
export interface Bound {
  /** `HOST:PORT`, with the port that was taken; `localhost` for a socket's file */
  readonly authority: string;
  /**
   * Accepts no more connections, lets running requests finish, closes idle connections.
   * @param graceMs after so many milliseconds what still runs is cut
   */
  close(graceMs: number): Promise<void>;
}

/**
 * @param others connections that the server accepted and others serve
 * @throws {Error} of node:net, when the address can't be listened on
 */
export async function bind(
  server: Server & Closing,
  where: Address | SocketFile,
  ...others: readonly Closing[]
): Promise<Bound> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen("file" in where ? { path: where.file } : { host: where.host, port: where.port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const taken = server.address() as AddressInfo | string;
  const all = [server, ...others];
  return {
    authority: typeof taken === "string" ? "localhost" : showAddress({ host: taken.address, port: taken.port }),
    async close(graceMs) {
      const closed = new Promise((resolve) => server.close(resolve));
      // connections that are busy now become idle one by one
      const sweepIdle = (): void => {
        for (const one of all) one.closeIdleConnections();
      };
      sweepIdle();
      const sweep = setInterval(sweepIdle, 50);
      const cutAll = setTimeout(
        () => {
          for (const one of all) one.closeAllConnections();
        },
        Math.min(graceMs, 2 ** 31 - 1),
      );
      await closed;
      clearInterval(sweep);
      clearTimeout(cutAll);
    },
  };
}
