// The clients that are compared: each asks for a URL and reads all of the answer.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Ask = (url: string) => Promise<number>;

const folder = () => mkdtempSync(join(tmpdir(), "larder-bench-"));
const read = async (response: Response) => (await response.arrayBuffer()).byteLength;

export const clients: Readonly<Record<string, () => Promise<Ask>>> = {
  "@larder/client, memory": async () => {
    const { createCachedFetch } = await import("@larder/client");
    const cached = createCachedFetch();
    return async (url) => read(await cached(url));
  },
  "@larder/client, shared SQLite": async () => {
    const { createCachedFetch } = await import("@larder/client");
    const { openSharedSqliteStore } = await import("@larder/cache/sqlite-shared");
    const store = openSharedSqliteStore({ folder: folder(), maxBytes: 64 << 20, onFault: console.error });
    const cached = createCachedFetch({ store });
    return async (url) => read(await cached(url));
  },
  "undici cache interceptor, fetch": async () => {
    const { Agent, fetch, interceptors } = await import("undici");
    const dispatcher = new Agent().compose(interceptors.cache());
    return async (url) => (await (await fetch(url, { dispatcher })).arrayBuffer()).byteLength;
  },
  "@larder/client/undici, request": async () => {
    const { Agent, request } = await import("undici");
    const { cacheInterceptor } = await import("@larder/client/undici");
    const dispatcher = new Agent().compose(cacheInterceptor() as never);
    return async (url) => (await (await request(url, { dispatcher })).body.arrayBuffer()).byteLength;
  },
  "undici cache interceptor, request": async () => {
    const { Agent, interceptors, request } = await import("undici");
    const dispatcher = new Agent().compose(interceptors.cache());
    return async (url) => (await (await request(url, { dispatcher })).body.arrayBuffer()).byteLength;
  },
  "make-fetch-happen": async () => {
    // it has no types of its own
    const name = "make-fetch-happen";
    const { default: make } = (await import(name)) as {
      default: { defaults(options: object): (url: string) => Promise<{ buffer(): Promise<Uint8Array> }> };
    };
    const cached = make.defaults({ cachePath: folder() });
    return async (url) => (await (await cached(url)).buffer()).length;
  },
};
