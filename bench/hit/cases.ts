// What is measured: the upstream's resources with header sets as real indexes send them, and the requests for them.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Case {
  readonly name: string;
  readonly path: string;
  /** besides the usual ones */
  readonly fields: Readonly<Record<string, string>>;
  /** of the answer */
  readonly status: number;
  readonly length: number;
  /** Lua for wrk, where the requests differ. @param run a number that no other run has */
  readonly script?: (run: number) => string;
  /** what the upstream answers to each request, where it is asked: else it is a hit */
  readonly upstream?: 200 | 304;
}

const kibibyte = 1024;
const small = content(kibibyte);
const resources: Readonly<Record<string, Uint8Array>> = {
  "/1k": small,
  "/100k": content(100 * kibibyte),
  "/1m": content(kibibyte * kibibyte),
};

function content(length: number): Uint8Array {
  return Buffer.from("The quick brown fox jumps over the lazy dog. ".repeat(length / 45 + 1)).subarray(0, length);
}

const tags = new Map<Uint8Array, string>();

/** A strong tag, made once for each content. */
function tag(body: Uint8Array): string {
  const made = tags.get(body) ?? `"${createHash("sha256").update(body).digest("hex").slice(0, 32)}"`;
  tags.set(body, made);
  return made;
}

export const cases: readonly Case[] = [
  { name: "1 KiB hit", path: "/1k", fields: {}, status: 200, length: kibibyte },
  { name: "304", path: "/1k", fields: { "if-none-match": tag(small) }, status: 304, length: 0 },
  { name: "100 KiB hit", path: "/100k", fields: {}, status: 200, length: 100 * kibibyte },
  { name: "1 MiB hit", path: "/1m", fields: {}, status: 200, length: kibibyte * kibibyte },
  {
    name: "hit with Vary of three variants",
    path: "/vary",
    fields: { "accept-language": "en" },
    status: 200,
    length: kibibyte,
    script: () => `
      local languages, ready, n = { "en", "de", "fr" }, {}, 0
      request = function()
        n = n % 3 + 1
        if ready[n] == nil then
          wrk.headers["accept-language"] = languages[n]
          ready[n] = wrk.format()
        end
        return ready[n]
      end`,
  },
  {
    name: "miss",
    path: "/miss/0/0",
    fields: {},
    status: 200,
    length: kibibyte,
    upstream: 200,
    script: (run) => counting(`"/miss/${run}/" .. n`),
  },
  {
    // more of them than are asked for within their lifetime of a second
    name: "validation",
    path: "/stale/0",
    fields: {},
    status: 200,
    length: kibibyte,
    upstream: 304,
    script: () => counting('"/stale/" .. (n % 20000)'),
  },
];

/** Requests for paths of which each has a number `n` of its own. */
function counting(path: string): string {
  return `local n = 0
    request = function()
      n = n + 1
      return wrk.format(nil, ${path})
    end`;
}

/** What a package installer sends with every request. */
export const usual: Readonly<Record<string, string>> = {
  "user-agent":
    'uv/0.13.9 {"installer":{"name":"uv","version":"0.13.9"},"python":"3.11.7","implementation":{"name":"CPython",' +
    '"version":"3.11.7"},"distro":{"name":"Debian","version":"12","id":"bookworm","libc":{"lib":"glibc","version":"2.36"}},' +
    '"system":{"name":"Linux","release":"6.1.0"},"cpu":"x86_64","openssl_version":null,"setuptools_version":null,"ci":true}',
  accept: "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01",
  "accept-encoding": "gzip, br, zstd",
};

/** The upstream of all caches. */
export interface Origin {
  readonly url: string;
  /** how often it has answered so */
  answered(status: 200 | 304): number;
}

/** What is there: its content, and the fields that are its own. */
function resource(
  path: string,
): { readonly body: Uint8Array; readonly own: Readonly<Record<string, string>> } | undefined {
  const lasting = "max-age=31536000, immutable, public";
  if (path === "/vary") return { body: small, own: { "cache-control": lasting, vary: "Accept-Language" } };
  if (path.startsWith("/miss/")) return { body: small, own: { "cache-control": lasting } };
  if (path.startsWith("/stale/")) return { body: small, own: { "cache-control": "max-age=1, public" } };
  const body = resources[path];
  return body && { body, own: { "cache-control": lasting } };
}

/** Starts the upstream on loopback. */
export async function startOrigin(): Promise<Origin> {
  const answered = { 200: 0, 304: 0 };
  const server = createServer((request, response) => {
    const found = resource(request.url ?? "");
    if (found === undefined) return response.writeHead(404).end();
    const { body, own } = found;
    // each variant has a tag of its own
    const language = own.vary === undefined ? "" : (request.headers["accept-language"] ?? "");
    const etag = tag(Buffer.concat([body, Buffer.from(language)]));
    const status = request.headers["if-none-match"] === etag ? 304 : 200;
    answered[status]++;
    response.writeHead(status, {
      "content-type": "application/octet-stream",
      ...(status === 200 && { "content-length": body.length }),
      etag,
      ...own,
      "last-modified": "Thu, 01 Oct 2026 10:00:00 GMT",
      "accept-ranges": "bytes",
      "referrer-policy": "origin-when-cross-origin",
      "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
      "x-content-type-options": "nosniff",
      "x-frame-options": "deny",
      "x-permitted-cross-domain-policies": "none",
      "x-xss-protection": "1; mode=block",
    });
    return response.end(request.method === "HEAD" || status === 304 ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered: (status) => answered[status],
  };
}
