// What the examples ask: a small API on loopback that counts its requests.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Api {
  readonly url: string;
  /** requests so far */
  asked(): number;
  /** gives up answering: every request gets 503 */
  fail(): void;
  close(): void;
}

/** Starts it: `/item` may be reused for a minute, `/version` must be validated, `/me` says whose token came. */
export async function startApi(): Promise<Api> {
  let asked = 0;
  let failing = false;
  const server = createServer((request, response) => {
    asked++;
    response.setHeader("Date", new Date().toUTCString());
    if (failing) return response.writeHead(503).end();
    switch (request.url) {
      case "/me":
        return response
          .setHeader("Cache-Control", "private, max-age=60")
          .end(request.headers.authorization ?? "nobody");
      case "/version":
        response.setHeader("Cache-Control", "no-cache").setHeader("ETag", '"7"');
        return request.headers["if-none-match"] === '"7"' ? response.writeHead(304).end() : response.end("7");
      default:
        return response
          .setHeader("Cache-Control", "max-age=60, stale-if-error=600")
          .setHeader("ETag", '"1"')
          .end("an item");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    fail: () => {
      failing = true;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
