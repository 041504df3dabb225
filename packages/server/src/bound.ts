import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Address, showAddress } from "./address.ts";

/** A server of node:http that accepts requests, and how it stops. */
export interface Bound {
  /** `HOST:PORT`, with the port that was taken */
  readonly authority: string;
  /**
   * Accepts no more connections, lets running requests finish, closes idle connections.
   * @param graceMs after so many milliseconds what still runs is cut
   */
  close(graceMs: number): Promise<void>;
}

/** @throws {Error} of node:net, when the address can't be listened on */
export async function bind(server: Server, { host, port: wanted }: Address): Promise<Bound> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port: wanted }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { address, port } = server.address() as AddressInfo;
  return {
    authority: showAddress({ host: address, port }),
    async close(graceMs) {
      // connections that are busy now become idle one by one
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      const cutAll = setTimeout(() => server.closeAllConnections(), Math.min(graceMs, 2 ** 31 - 1));
      await new Promise((resolve) => server.close(resolve));
      clearInterval(sweep);
      clearTimeout(cutAll);
    },
  };
}
