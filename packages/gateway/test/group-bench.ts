import { createHash } from "node:crypto";
import type { Upstream } from "@larder/cache";
import type { Answer } from "@larder/cache/testing";
import { problem } from "@larder/server";
import type { ProxyConfig } from "../src/config.ts";
import type { HadShown } from "../src/document.ts";
import type { Index } from "../src/mount.ts";
import { type GroupConfig, group } from "../src/mounts/group.ts";
import { shownPage } from "../src/pages.ts";
import { benchOf, mountOf, start } from "./bench.ts";
import type { Site } from "./site.ts";

export const json = "application/vnd.pypi.simple.v1+json";
export const wantsJson = { accept: json };
export const contentOf = (version: string, from: string) => `${version} from ${from}`;
export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A page of demo with these versions, as an index of this name has it. */
export function page(
  from: string,
  versions: readonly string[],
  more: { tracks?: string[]; alternate?: string[] } = {},
): Answer {
  const body = {
    meta: { "api-version": "1.2", ...(more.tracks && { tracks: more.tracks }) },
    name: "demo",
    ...(more.alternate && { "alternate-locations": more.alternate }),
    versions,
    files: versions.map((version) => ({
      filename: `demo-${version}-py3-none-any.whl`,
      url: `https://files.${from}.example/demo-${version}-py3-none-any.whl`,
      hashes: { sha256: sha256(contentOf(version, from)) },
      size: contentOf(version, from).length,
      "upload-time": "2025-01-01T00:00:00Z",
    })),
  };
  return { fields: { "Content-Type": json }, body: JSON.stringify(body) };
}

/** A group at /all/ of indexes a and b, with the upstreams a.example and b.example. */
export function ab(a: Site, b: Site, config: Partial<GroupConfig> = {}, more: Partial<ProxyConfig> = {}) {
  const mount = (name: string, upstream: Upstream) =>
    mountOf({ prefix: `/${name}/`, upstream: new URL(`https://${name}.example/simple/`), ...more }, upstream);
  return benchOf(mount("a", a), mount("b", b), groupOf(["/a/", "/b/"], config));
}

export function groupOf(members: readonly string[], config: Partial<GroupConfig> = {}) {
  const full: GroupConfig = { prefix: "/all/", format: "group", members, owners: [], ...config };
  return group.create(full, { data: "/nowhere", now: Date.now, tell: () => undefined, fault: () => undefined });
}

/** Something that Larder hosts itself: it owns demo, and answers as the test says. */
export function hosts(had: HadShown | Error, readers: string[] = []): Index {
  return {
    config: { prefix: "/private/", format: "group", members: [], owners: [] },
    keySpace: "hosted /private/ ",
    proxies: [],
    route: () => ({ type: "none", status: 404, because: "no such file" }),
    async page(_gateway, _project, { fields }) {
      readers.push(fields.get("authorization") ?? "nobody");
      if (had instanceof Error) throw had;
      return had;
    },
    projects: (_gateway, { fields }) => (fields.has("authorization") ? ["secret"] : []),
    owns: (project) => project === "demo",
    location: () => undefined,
    paths: (project) => (url) => `files/${project}/-/${url.slice(url.lastIndexOf("/") + 1)}`,
    close: async () => undefined,
  };
}
export const refused = (status: number, because: string): HadShown => ({
  type: "refused",
  outgoing: problem(status, because),
});
export const emptyPage: HadShown = {
  type: "page",
  shown: shownPage("1", () => ({ name: "demo", apiVersion: "1.1", files: [], tracks: [], alternateLocations: [] })),
  since: start,
  private: true,
  cacheStatus: { hit: true },
};

export const versionsIn = (text: string) => JSON.parse(text).versions;
export const urlsIn = (text: string): string[] => JSON.parse(text).files.map(({ url }: { url: string }) => url);
