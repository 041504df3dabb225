// The caches that are measured, each started the same way: one core, a warm cache in front of the same upstream.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, type Running, scratch, start, startGateway } from "../../conformance/process.ts";

export interface Cache extends Running {
  readonly url: string;
}

/** Debian's package for each program that a cache needs. */
export const packages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  larder: {},
  nginx: { nginx: "nginx-light" },
  varnish: { varnishd: "varnish" },
};

const pinned = ["taskset", "-c", "0"];

/** Every one writes an access log to a file, as it would where it is used. */
export const caches: Readonly<Record<string, (upstream: string) => Promise<Cache>>> = {
  larder: (upstream) => startGateway({ mounts: [`/=http:${upstream}`], prefix: pinned }),
  nginx: async (upstream) => {
    const port = await freePort();
    const folder = scratch("nginx");
    for (const name of ["cache", "body", "proxy"]) mkdirSync(join(folder, name));
    const file = join(folder, "nginx.conf");
    writeFileSync(file, nginxConfiguration(folder, port, upstream));
    const url = `http://127.0.0.1:${port}`;
    return { ...(await start([...pinned, "nginx", "-p", folder, "-c", file, "-e", "stderr"], url)), url };
  },
  varnish: async (upstream) => {
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
    return { ...(await start([...pinned, "varnishd", ...where, "-s", "malloc,256m"], url)), url };
  },
};

/** proxy_cache for a busy cache: open files remembered, sendfile, a buffered log; tcp_nopush would cost it 40 ms an answer here. */
const nginxConfiguration = (folder: string, port: number, upstream: string) => `
daemon off;
${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes 1;
pid ${folder}/pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
  upstream origin {
    server ${new URL(upstream).host};
    keepalive 32;
  }
  access_log ${folder}/access.log combined buffer=64k flush=1s;
  sendfile on;
  tcp_nodelay on;
  keepalive_requests 100000000;
  open_file_cache max=10000 inactive=60s;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  proxy_cache_path ${folder}/cache levels=1:2 keys_zone=all:10m max_size=1g inactive=1h use_temp_path=off;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_cache all;
      proxy_cache_revalidate on;
      proxy_cache_lock on;
      add_header X-Cache $upstream_cache_status;
    }
  }
}
`;
