import type { CacheFailure, CacheResponse, Content } from "@larder/cache";
import type { RequestHead } from "@larder/core";
import {
  type ArtifactRoute,
  comparableUrl,
  explainWithheld,
  findLink,
  type IndexPolicy,
  type Licences,
  type Link,
  licencesOf,
  partUrl,
  type Withheld,
  withhold,
} from "@larder/formats";
import { type Outgoing, problem } from "@larder/server";
import { onlyCredentials } from "./credentials.ts";
import { havePage, type NoPage } from "./document.ts";
import type { Gateway } from "./gateway.ts";
import { type Offered, offered, type PageInHand } from "./offered.ts";
import { failed, leave } from "./outgoing.ts";
import { pageInMemory } from "./pages.ts";
import { factUrl, type ProxyMount } from "./proxy.ts";

/** The file must not be had, or the page that would allow it can't be. */
export class Refused extends Error {
  readonly outgoing: Outgoing;
  constructor(outgoing: Outgoing) {
    super("refused");
    this.outgoing = outgoing;
  }
}

/** Where the page says that the file is, and what it must be. @throws {Refused} */
export async function linkOf(
  gateway: Gateway,
  mount: ProxyMount,
  route: ArtifactRoute,
  client: RequestHead,
): Promise<Linked> {
  const had = await havePage(gateway, mount, route.page, onlyCredentials(client));
  if (had.type !== "page") throw new Refused(withoutPage(had, route, mount));
  const link = findLink(had.read.page, route.target);
  if (link === undefined) throw new Refused(notLinked(route));
  refuseWithheld(gateway, mount, had, link);
  return { had, link };
}

/** The answer to who asks for a file where the page that would link it can't be had. */
export function withoutPage(had: NoPage, route: ArtifactRoute, mount: ProxyMount): Outgoing {
  if (had.type === "failed") return failed(had.failure, mount);
  const { status } = had.response;
  const because = `The page of ${route.project}, which would say what ${nameOf(route)} must be, could not be had: the upstream answered ${status}.`;
  return problem(status >= 400 ? status : 502, because);
}

/** The answer to who asks for a file that its project's page doesn't link. */
export const notLinked = (route: ArtifactRoute): Outgoing =>
  problem(404, `The page of ${route.project} links no ${nameOf(route)}.`);

const nameOf = ({ target }: ArtifactRoute): string => target.slice(target.lastIndexOf("/") + 1);

/** What a client may have, and where that is said. */
interface Linked {
  readonly had: PageInHand;
  readonly link: Link;
}

/** The core metadata of a file through the cache. @param target as an artifact's route has it */
type HaveMetadata = (target: string) => Promise<CacheResponse | CacheFailure>;

/**
 * Where a mount has a policy, what the project's page says decides about what is stored, too: as it was read last, or,
 * where that is not in memory or doesn't link the file, as it is had now. Where a rule asks for the file's licence, its
 * core metadata are read first.
 * @throws {Refused}
 */
export async function checkPolicy(
  gateway: Gateway,
  mount: ProxyMount,
  route: ArtifactRoute,
  client: RequestHead,
  metadata: HaveMetadata,
): Promise<void> {
  const { had, link } = (await inMemory(gateway, mount, route)) ?? (await linkOf(gateway, mount, route, client));
  const { unread, rules, page } = refuseWithheld(gateway, mount, had, link);
  if (rules.policy === undefined || !unread.has(link.file.url)) return;
  const { file } = link;
  const licences = await licencesBy(await metadata(comparableUrl(partUrl(file, "metadata")!)), mount);
  const key = comparableUrl(file.url);
  if (!had.private) gateway.facts.learn(mount.keySpace, page.name, factUrl(mount, key), { licences }, gateway.now());
  const own = withhold({ ...page, files: [file] }, rules.policy, gateway.now(), new Map([[key, { licences }]]));
  refuse(own.withheld[0], rules.policy, mount);
}

/** The link as the page says that was read last; undefined where that doesn't tell. */
async function inMemory(gateway: Gateway, mount: ProxyMount, route: ArtifactRoute): Promise<Linked | undefined> {
  const [stored] = await gateway.cache.store.list(mount.keySpace + route.page.target);
  const read = pageInMemory(gateway.pages, mount, route.page, stored);
  const link = read && findLink(read.page, route.target);
  if (stored === undefined || read === undefined || link === undefined) return undefined;
  return { had: { read, content: stored.content.sha256, private: false }, link };
}

/**
 * What core metadata say of the licence; nothing where the file surely has none.
 * @throws {Refused} where they can't be had now
 */
async function licencesBy(answer: CacheResponse | CacheFailure, mount: ProxyMount): Promise<Licences> {
  if ("failed" in answer) throw new Refused(failed(answer, mount));
  const { status, content } = answer;
  if (status === 200 && content !== null) return licencesOf(await readStart(content));
  leave(content);
  if (status === 404 || status === 410) return [];
  const because = `The core metadata, which would say the licence, could not be had: the upstream answered ${status}.`;
  throw new Refused(problem(status >= 400 ? status : 502, because));
}

/** Octets of core metadata that are looked at. */
const mostHeadBytes = 1024 * 1024;

async function readStart(content: Content): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of content.read()) {
    chunks.push(chunk);
    octets += chunk.length;
    if (octets >= mostHeadBytes) break;
  }
  return Buffer.concat(chunks);
}

/** @throws {Refused} where the policy withholds the file that is linked, or that the link belongs to */
function refuseWithheld(gateway: Gateway, mount: ProxyMount, had: PageInHand, { file }: Link): Offered {
  const offer = offered(gateway, mount, had);
  if (offer.rules.policy !== undefined) refuse(offer.withheld.get(file.url), offer.rules.policy, mount);
  return offer;
}

/** @throws {Refused} where there is something that is withheld */
function refuse(held: Withheld | undefined, policy: IndexPolicy, mount: ProxyMount): void {
  if (held === undefined) return;
  const log = { mount: mount.config.prefix, because: `policy: ${held.because}` };
  throw new Refused(problem(403, explainWithheld(held, policy), { aloud: true, log }));
}
