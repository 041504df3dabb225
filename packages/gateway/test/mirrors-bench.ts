import { createHash } from "node:crypto";
import type { Answer } from "@larder/cache/testing";
import { leftAlone } from "../src/left-alone.ts";
import { mirrorsOf } from "../src/mirrors.ts";
import { mirroredMount } from "../src/mounts/pypi.ts";
import { proxyMount } from "../src/proxy.ts";
import { benchOf, configOf, start } from "./bench.ts";
import type { Site } from "./site.ts";

export const json = "application/vnd.pypi.simple.v1+json";
export const wantsJson = { accept: json };
export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

export interface Given {
  /** of the files; without, the name stands for it */
  readonly content?: (version: string) => string;
  /** where the files are, a slash at the end; may be relative to the page */
  readonly at?: string;
  readonly fields?: Record<string, string>;
}

export const contentOf = (version: string) => `demo ${version}`;

/** A page of demo with these versions. */
export function page(
  versions: readonly string[],
  { content = contentOf, at = "../../files/", fields = {} }: Given = {},
): Answer {
  const files = versions.map((version) => ({
    filename: `demo-${version}-py3-none-any.whl`,
    url: `${at}demo-${version}-py3-none-any.whl`,
    hashes: { sha256: sha256(content(version)) },
    size: content(version).length,
    "upload-time": "2025-01-01T00:00:00Z",
  }));
  const body = JSON.stringify({ meta: { "api-version": "1.1" }, name: "demo", versions, files });
  return { fields: { "Content-Type": json, ...fields }, body };
}

export const file = (version: string): Answer => ({ body: contentOf(version) });

/** A mount of a.example with the mirror b.example, whose index is in another folder. */
export function mirrored(a: Site, b: Site, { areWhole = false, fresh = 0 } = {}) {
  const told: string[] = [];
  let clock = () => start;
  const connect = (upstream: string, it: Site) => {
    const config = configOf({ upstream: new URL(upstream), fresh });
    const { host, origin } = config.upstream;
    const watched = leftAlone(it, { host, origin, now: () => clock(), tell: (what) => told.push(what) });
    return { ...proxyMount(config, watched, async () => undefined), label: host };
  };
  const own = connect("https://a.example/simple/", a);
  const mirror = connect("https://b.example/copy/simple/", b);
  const bench = benchOf(mirroredMount(mirrorsOf([own, mirror], areWhole)));
  clock = bench.gateway.now;
  return { ...bench, told };
}

export const versionsIn = (text: string) => JSON.parse(text).versions;
export const filePath = (version: string) => `/pypi/files/demo/-/files/demo-${version}-py3-none-any.whl`;
export const detail = (from: string) => new RegExp(`; detail="(?:[a-z-]+, )?from ${from}"$`);
