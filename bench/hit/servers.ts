// The caches that are measured, each started the same way: one core, a warm cache in front of the same upstream.
import { freePort, type Running, scratch, start, startGateway } from "../../conformance/process.ts";
import { startNginx } from "../nginx.ts";
import { pinned, pinnedToBoth } from "../wrk.ts";

export interface Cache extends Running {
  readonly url: string;
}

/** Debian's package for each program that a cache needs. */
export const packages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  larder: {},
  nginx: { nginx: "nginx-light" },
  varnish: { varnishd: "varnish" },
};

/** Where so many workers run, and the client that measures them; Varnish's are threads, as many as it wants. */
export const prefixOf = (workers: number) => (workers > 1 ? pinnedToBoth : pinned);

/** Every one writes an access log to a file, as it would where it is used. */
export const caches: Readonly<Record<string, (upstream: string, workers: number) => Promise<Cache>>> = {
  larder: (upstream, workers) =>
    startGateway({
      mounts: [`/=http:${upstream}`],
      prefix: prefixOf(workers),
      args: ["--workers", String(workers)],
    }),
  nginx: (upstream, workers) => startNginx({ ...cacheOf(upstream), workers }),
  varnish: async (upstream, workers) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const where = [
      "-j",
      "none",
      "-F",
      "-n",
      scratch("varnish"),
      "-a",
      `127.0.0.1:${port}`,
      // what is stale is validated before it answers, as by the others
      "-p",
      "default_grace=0",
      "-p",
      "default_keep=3600",
      "-b",
      new URL(upstream).host,
    ];
    return { ...(await start([...prefixOf(workers), "varnishd", ...where, "-s", "malloc,256m"], url)), url };
  },
};

/** proxy_cache for a busy cache. */
const cacheOf = (upstream: string) => ({
  http: `
  upstream origin {
    server ${new URL(upstream).host};
    keepalive 32;
  }`,
  server: `
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_cache all;
      proxy_cache_revalidate on;
      proxy_cache_lock on;
      add_header X-Cache $upstream_cache_status;
    }`,
});
