// What stands between the clients and the index: nothing, Larder, and its peers, each with nothing stored yet.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { freePort, root, scratch, start, startGateway } from "../../conformance/process.ts";
import { prepareVenv } from "../../conformance/venv.ts";
import { startNginx } from "../nginx.ts";
import { pinned } from "../wrk.ts";
import { indexContent, jsonType } from "./content.ts";

export interface Server {
  /** what clients are given as their index */
  readonly index: string;
  stop(): Promise<void>;
}

const peers = () =>
  prepareVenv(".venv-peers", ["proxpi==1.3.1", "gunicorn==27.0.1", "simple-repository-server==0.10.0"]);

/** Starts the index itself. @param latency milliseconds that each of its answers takes */
export async function startIndex(latency: number): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = join(root, "bench/index-upstream.ts");
  const running = await start([join(root, "node_modules/.bin/node"), program, String(port), String(latency)], url);
  return { index: `${url}/simple/`, stop: running.stop };
}

/** The pages and files of the index from disk: as fast as can be, for requests per second. */
export async function startStatic(): Promise<Server> {
  const folder = scratch("nginx");
  for (const [name, { content, gzip }] of indexContent()) {
    const [path, form] = name.split(" ");
    if (form === "html") continue;
    const file = join(folder, "files", form === undefined ? path! : `${path}index.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    if (gzip !== undefined) writeFileSync(`${file}.gz`, gzip);
  }
  const pages = `location /simple/ { index index.json; types { ${jsonType} json; } gzip_static on; }`;
  const { url, stop } = await startNginx({ folder, server: `root ${folder}/files; ${pages}` });
  return { index: `${url}/simple/`, stop };
}

/** By name, in the order of the table that is printed. */
export const servers: Readonly<Record<string, (index: string) => Promise<Server>>> = {
  direct: async (index) => ({ index, stop: async () => undefined }),
  larder: async (index) => {
    const gateway = await startGateway({ mounts: [`/pypi/=pypi:${index}`], prefix: pinned });
    return { index: `${gateway.url}/pypi/simple/`, stop: () => gateway.stop() };
  },
  nginx: async (index) => {
    const { origin } = new URL(index);
    const keyed = "proxy_cache all; proxy_cache_lock on; proxy_cache_revalidate on; proxy_cache_use_stale updating;";
    const proxied = `proxy_pass ${origin}; proxy_http_version 1.1; proxy_set_header Connection ""; ${keyed}`;
    const { url, stop } = await startNginx({ server: `location / { ${proxied} }` });
    return { index: `${url}/simple/`, stop };
  },
  proxpi: async (index) => {
    const bin = await peers();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = { PATH: "/usr/bin:/bin", PROXPI_INDEX_URL: index, PROXPI_CACHE_DIR: scratch("proxpi") };
    const command = [bin("gunicorn"), "--workers", "1", "--threads", "16", "--bind", `127.0.0.1:${port}`];
    const { stop } = await start([...pinned, ...command, "proxpi.server:app"], url, { env });
    return { index: `${url}/index/`, stop };
  },
  "simple-repository-server": async (index) => {
    const bin = await peers();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const command = [bin("simple-repository-server"), "--port", String(port), "--stream-http-resources", index];
    const { stop } = await start([...pinned, ...command], url, {
      env: { PATH: "/usr/bin:/bin", HOME: scratch("home") },
    });
    return { index: `${url}/simple/`, stop };
  },
};
