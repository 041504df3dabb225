// nginx as it is set up where it is fast: one worker on one core where nothing else is said, sendfile, open files remembered, a buffered access log.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, type Running, scratch, start } from "../conformance/process.ts";
import { pinned, pinnedToBoth } from "./wrk.ts";

interface What {
  /** directives of its one server */
  readonly server: string;
  /** directives beside the server */
  readonly http?: string;
  /** left out = a new one */
  readonly folder?: string;
  /** left out = 1; several have both cores */
  readonly workers?: number;
}

/** tcp_nopush would cost 40 ms an answer here. */
const configuration = (folder: string, port: number, { server, http = "", workers = 1 }: What) => `
daemon off;
${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes ${workers};
pid ${folder}/pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log ${folder}/access.log combined buffer=64k flush=1s;
  sendfile on;
  tcp_nodelay on;
  keepalive_requests 100000000;
  open_file_cache max=10000 inactive=60s;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  proxy_cache_path ${folder}/cache levels=1:2 keys_zone=all:10m max_size=1g inactive=1h use_temp_path=off;
  ${http}
  server {
    listen 127.0.0.1:${port};
    ${server}
  }
}
`;

/** Starts nginx with a cache zone `all`. @returns with its URL, without a slash at its end */
export async function startNginx(what: What): Promise<Running & { readonly url: string }> {
  const port = await freePort();
  const folder = what.folder ?? scratch("nginx");
  for (const name of ["cache", "body", "proxy"]) mkdirSync(join(folder, name));
  const file = join(folder, "nginx.conf");
  writeFileSync(file, configuration(folder, port, what));
  const url = `http://127.0.0.1:${port}`;
  const prefix = (what.workers ?? 1) > 1 ? pinnedToBoth : pinned;
  return { ...(await start([...prefix, "nginx", "-p", folder, "-c", file, "-e", "stderr"], url)), url };
}
