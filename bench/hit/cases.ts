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
}

const kibibyte = 1024;
const resources: Readonly<Record<string, Uint8Array>> = {
  "/1k": content(kibibyte),
  "/100k": content(100 * kibibyte),
  "/1m": content(kibibyte * kibibyte),
};

function content(length: number): Uint8Array {
  return Buffer.from("The quick brown fox jumps over the lazy dog. ".repeat(length / 45 + 1)).subarray(0, length);
}

const tag = (path: string) => `"${createHash("sha256").update(resources[path]!).digest("hex").slice(0, 32)}"`;

export const cases: readonly Case[] = [
  { name: "1 KiB hit", path: "/1k", fields: {}, status: 200, length: kibibyte },
  { name: "304", path: "/1k", fields: { "if-none-match": tag("/1k") }, status: 304, length: 0 },
  { name: "100 KiB hit", path: "/100k", fields: {}, status: 200, length: 100 * kibibyte },
  { name: "1 MiB hit", path: "/1m", fields: {}, status: 200, length: kibibyte * kibibyte },
];

/** What a package installer sends with every request. */
export const usual: Readonly<Record<string, string>> = {
  "user-agent":
    'uv/0.13.9 {"installer":{"name":"uv","version":"0.13.9"},"python":"3.11.7","implementation":{"name":"CPython",' +
    '"version":"3.11.7"},"distro":{"name":"Debian","version":"12","id":"bookworm","libc":{"lib":"glibc","version":"2.36"}},' +
    '"system":{"name":"Linux","release":"6.1.0"},"cpu":"x86_64","openssl_version":null,"setuptools_version":null,"ci":true}',
  accept: "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01",
  "accept-encoding": "gzip, br, zstd",
};

/** Starts the upstream on loopback. @returns its URL */
export async function startOrigin(): Promise<string> {
  const server = createServer((request, response) => {
    const body = resources[request.url ?? ""];
    if (body === undefined) return response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": body.length,
      etag: tag(request.url!),
      "last-modified": "Thu, 01 Oct 2026 10:00:00 GMT",
      "cache-control": "max-age=31536000, immutable, public",
      "accept-ranges": "bytes",
      "referrer-policy": "origin-when-cross-origin",
      "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
      "x-content-type-options": "nosniff",
      "x-frame-options": "deny",
      "x-permitted-cross-domain-policies": "none",
      "x-xss-protection": "1; mode=block",
    });
    return response.end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
