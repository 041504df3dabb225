import type { RequestHead } from "@larder/core";
import {
  type ArtifactRoute,
  comparableUrl,
  findLink,
  isSameContent,
  type Link,
  partUrl,
  projectPage,
} from "@larder/formats";
import { type Outgoing, problem } from "@larder/server";
import { answerArtifact } from "./artifact.ts";
import { onlyCredentials } from "./credentials.ts";
import { havePage } from "./document.ts";
import type { Gateway } from "./gateway.ts";
import { notLinked, withoutPage } from "./linked.ts";
import { type Mirrors, mirroredPage, requestTo, type Source } from "./mirrors.ts";
import type { ProxyMount } from "./proxy.ts";

/**
 * A file of a mount with mirrors: looked for where its page came from, and then, where that one fails, at each other whose
 * own page has a file of the same name with the same hash. So page and file are never of different content.
 */
export async function answerMirrored(
  gateway: Gateway,
  mirrors: Mirrors,
  route: ArtifactRoute,
  request: RequestHead,
): Promise<Outgoing> {
  const named = await linkOf(gateway, mirrors, route, request);
  if ("outgoing" in named) return named.outgoing;
  const { source, link } = named;
  let first: Outgoing | undefined;
  for (const proxy of [source.proxy, ...mirrors.proxies.filter((other) => other !== source.proxy)]) {
    const client = requestTo(mirrors, proxy, request);
    const place = await placeAt(gateway, proxy, source, link, client);
    if (place === undefined) continue;
    const answer = await answerArtifact(gateway, proxy, { ...route, ...place }, client);
    if (!mayBeElsewhere.has(answer.status)) return answer;
    first ??= answer;
  }
  return first ?? problem(404, `The page of ${route.project} links no such file any more.`);
}

/** Statuses after which another upstream is asked for a file that a page links. */
const mayBeElsewhere: ReadonlySet<number> = new Set([404, 410, 429, 500, 502, 503, 504]);

type Named = { readonly source: Source; readonly link: Link };

/** What the page that was answered last says of the file; the page is asked for where it isn't at hand, or knows no such file. */
async function linkOf(
  gateway: Gateway,
  mirrors: Mirrors,
  route: ArtifactRoute,
  request: RequestHead,
): Promise<Named | { readonly outgoing: Outgoing }> {
  const { project, target } = route;
  const known = mirrors.sources.get(project);
  const link = known && findLink(known.page, target);
  if (known !== undefined && link !== undefined) return { source: known, link };
  const had = await mirroredPage(gateway, mirrors, project, onlyCredentials(request));
  if (had.type !== "page") return { outgoing: withoutPage(had, route, mirrors.proxies[0]) };
  const found = findLink(had.source.page, target);
  if (found === undefined) return { outgoing: notLinked(route) };
  return { source: had.source, link: found };
}

/** Where an upstream has the file; undefined where its page can't be had, or has none with the same name and hash. */
async function placeAt(
  gateway: Gateway,
  proxy: ProxyMount,
  source: Source,
  { file, part }: Link,
  request: RequestHead,
): Promise<Pick<ArtifactRoute, "target" | "page"> | undefined> {
  const page = projectPage(proxy.config, source.page.name);
  const own = await (async () => {
    if (proxy === source.proxy) return source.read.page.files[source.page.files.indexOf(file)];
    const had = await havePage(gateway, proxy, page, onlyCredentials(request));
    if (had.type !== "page") return undefined;
    return had.read.page.files.find(
      ({ filename, hashes }) => filename === file.filename && isSameContent(hashes, file.hashes),
    );
  })();
  const url = own && partUrl(own, part);
  return url === undefined ? undefined : { target: comparableUrl(url), page };
}
