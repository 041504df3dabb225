// What the index of the benchmark has: 85 small projects that depend on each other, one with a big page, and one with a
// wheel of 1 MiB; the same octets each time.
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type Catalogue, htmlPage, jsonPage, publish } from "../../conformance/upstream/catalogue.ts";
import { wheel } from "../../conformance/upstream/packages.ts";
import { makeTree } from "../../conformance/upstream/tree.ts";
import { bigPage } from "../big-page.ts";

export const jsonType = "application/vnd.pypi.simple.v1+json";

export interface Resource {
  readonly type: string;
  readonly content: Uint8Array;
  readonly gzip?: Uint8Array;
  /** an entity tag */
  readonly tag: string;
}

export const tree = makeTree(85, 50_000);
/** The project whose page has 2,000 files, the one whose wheel has 1 MiB. */
export const big = "big-project";
export const heavy = "heavy";

const resource = (type: string, content: Uint8Array, packed = false): Resource => ({
  type,
  content,
  ...(packed && { gzip: gzipSync(content) }),
  tag: `"${createHash("sha256").update(content).digest("hex").slice(0, 16)}"`,
});

/** All that there is: by path, pages by path and form. */
export function indexContent(): ReadonlyMap<string, Resource> {
  const catalogue: Catalogue = new Map();
  for (const { project, file } of tree.releases) publish(catalogue, project, file);
  publish(catalogue, heavy, wheel(heavy, "1.0", [], "1", 1_100_000));
  const all = new Map<string, Resource>();
  const options = { filesAt: "../..", padding: 0, metadata: true };
  for (const [project, files] of catalogue) {
    all.set(`/simple/${project}/ json`, resource(jsonType, Buffer.from(jsonPage(project, files, options)), true));
    all.set(`/simple/${project}/ html`, resource("text/html", Buffer.from(htmlPage(project, files, options)), true));
    for (const { filename, content, metadata } of files.values()) {
      all.set(`/files/${project}/${filename}`, resource("application/octet-stream", content));
      if (metadata) all.set(`/files/${project}/${filename}.metadata`, resource("text/plain", metadata));
    }
  }
  const page = resource(jsonType, bigPage(2000, true), true);
  for (const form of ["json", "html"]) all.set(`/simple/${big}/ ${form}`, page);
  // proxpi wants the list of all projects before it answers for one
  const names = [...catalogue.keys(), big];
  const list = { meta: { "api-version": "1.0" }, projects: names.map((name) => ({ name })) };
  const links = names.map((name) => `<a href="${name}/">${name}</a>`).join("\n");
  all.set("/simple/ json", resource(jsonType, Buffer.from(JSON.stringify(list)), true));
  all.set("/simple/ html", resource("text/html", Buffer.from(`<!DOCTYPE html><body>${links}</body>`), true));
  return all;
}
