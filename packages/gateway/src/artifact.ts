import { type CacheFailure, type CacheResponse, type Expectation, exchange, type Upstream } from "@larder/cache";
import {
  date,
  Fields,
  formatHttpDate,
  lastModified,
  type RequestHead,
  type StoredResponse,
  type Timestamp,
} from "@larder/core";
import { type ArtifactRoute, findLink, type Link, lacksFacts } from "@larder/formats";
import { type Outgoing, problem } from "@larder/server";
import { shortened } from "./digest.ts";
import { mendsField, projectField } from "./facts.ts";
import type { Gateway } from "./gateway.ts";
import { checkPolicy, linkOf, Refused } from "./linked.ts";
import { failed, fromUpstream, leave, send } from "./outgoing.ts";
import { pageInMemory } from "./pages.ts";
import type { ProxyMount } from "./proxy.ts";
import { isLearned, sdistMetadata } from "./sdist-metadata.ts";
import { isMakeable, wheelField, wheelMetadata, wheelName } from "./wheel-metadata.ts";

/**
 * A file that a page links. It is fetched only when the project's page names it, whole, and is kept and ended only when
 * it has the hash that the page says; once kept, it is there for good and the page is not asked again.
 */
export async function answerArtifact(
  gateway: Gateway,
  mount: ProxyMount,
  route: ArtifactRoute,
  request: RequestHead,
): Promise<Outgoing> {
  await forgetReplaced(gateway, mount, route);
  try {
    if (mount.config.policy !== undefined) {
      const metadata = async (target: string) =>
        (await haveArtifact(gateway, mount, { ...route, target }, { ...request, method: "GET" })).answer;
      await checkPolicy(gateway, mount, route, request, metadata);
    }
    const { answer, link } = await haveArtifact(gateway, mount, route, request);
    if ("failed" in answer) return failed(answer, mount);
    if (answer.status !== 200) return passOn(answer, mount);
    const since = answer.stored?.contentSince ?? gateway.now();
    const fields = artifactFields(answer, digestOf(answer, link), since, gateway.now());
    return send(
      request,
      { status: 200, fields, length: answer.content?.length },
      answer.content,
      mount,
      fromUpstream(mount, answer.cacheStatus),
      answer.age,
    );
  } catch (error) {
    if (error instanceof Refused) return error.outgoing;
    throw error;
  }
}

/**
 * The file through the cache, and what links it, where the upstream was asked.
 * @throws {Refused}
 */
async function haveArtifact(
  gateway: Gateway,
  mount: ProxyMount,
  route: ArtifactRoute,
  { method, fields }: RequestHead,
): Promise<{ readonly answer: CacheResponse | CacheFailure; readonly link: Link | undefined }> {
  let link: Link | undefined;
  const expect = async (): Promise<Expectation> => {
    ({ link } = await linkOf(gateway, mount, route, { method, target: route.target, fields }));
    // made metadata are right by the wheel that they are of, whatever the page says
    return isMakeable(link) ? {} : link.expected;
  };
  const wheelTarget = route.target.replace(/\.metadata(?=\?|$)/, "");
  const whole = async () => {
    const wheel = await haveArtifact(
      gateway,
      mount,
      { ...route, target: wheelTarget },
      { method: "GET", target: "", fields },
    );
    return wheel.answer;
  };
  const upstream: Upstream = {
    send: (request, options) =>
      isMakeable(link)
        ? wheelMetadata({ gateway, mount, link, project: route.project, wheelTarget, whole }, request)
        : link !== undefined && isLearned(gateway, mount, route.project, wheelTarget, link)
          ? sdistMetadata({ gateway, mount, link, project: route.project, wheelTarget, whole })
          : mount.following.send({ ...request, target: link?.url ?? request.target }, options),
  };
  const answer = await exchange(gateway.cache, {
    head: { method, target: route.target, fields: upstreamFields(fields) },
    cacheKey: mount.keySpace + route.target,
    keySpace: mount.keySpace,
    body: null,
    policy: mount.policies.artifact,
    upstream: asFiles(mount, upstream, route.project, () => link),
    expect,
  });
  return { answer, link };
}

/**
 * An index may put other content under a file's name. Where the page as it is stored names another hash than the stored
 * file has, the file is forgotten, so that it is fetched anew. Asks no upstream; a page that was not read lately says
 * nothing here, but whoever asks for a file has just read it.
 */
async function forgetReplaced(gateway: Gateway, mount: ProxyMount, route: ArtifactRoute): Promise<void> {
  const { store } = gateway.cache;
  const stored = await store.list(mount.keySpace + route.target);
  if (stored.length === 0) return;
  const [page] = await store.list(mount.keySpace + route.page.target);
  const read = pageInMemory(gateway.pages, mount, route.page, page);
  const link = read && findLink(read.page, route.target);
  const digest = link?.expected.digest;
  const isReplaced =
    isMakeable(link) || (link?.part === "metadata" && stored.some(({ fields }) => fields.has(wheelField)))
      ? ({ fields }: StoredResponse) => fields.get(wheelField) !== wheelName(link.file)
      : ({ content }: StoredResponse) => digest?.algorithm === "sha256" && content.sha256 !== digest.hex;
  const replaced = stored.filter((one) => one.status === 200 && isReplaced(one));
  if (replaced.length > 0) await store.remove(replaced);
}

/** Only whole files are fetched, without a content coding: their hash is of the file itself. */
function upstreamFields(client: Fields): Fields {
  const kept = ["authorization", "user-agent"].flatMap((name) => {
    const value = client.get(name);
    return value === undefined ? [] : [name, value];
  });
  return Fields.fromRaw([...kept, "accept", "*/*", "accept-encoding", "identity"]);
}

/**
 * The upstream of one file, that says of a file whose hash is known what is true of it, whatever the upstream says: that
 * it never changes. Where the client's own credentials went along, who may have it is left to the upstream.
 */
function asFiles(mount: ProxyMount, upstream: Upstream, project: string, link: () => Link | undefined): Upstream {
  return {
    async send(request, options) {
      const response = await upstream.send(request, options);
      if (response.status !== 200) return response;
      const fields = response.fields
        .filter((name) => !["content-encoding", "set-cookie", "content-location"].includes(name))
        .with({ [projectField]: tells(link(), response.fields) ? project : undefined });
      if (!link()?.immutable || (request.fields.has("authorization") && mount.config.credentials === undefined)) {
        return { ...response, fields };
      }
      return {
        ...response,
        fields: fields.with({ "cache-control": "public, max-age=31536000, immutable", expires: undefined }),
      };
    },
  };
}

/** Whether something is to be learned from a response that its page doesn't say. */
const tells = (link: Link | undefined, fields: Fields): boolean =>
  isMakeable(link) ? fields.has(mendsField) : link?.part === "file" && lacksFacts(link.file);

/** SHA-256 of the content, hexadecimal, where it is certain: of what is stored, or what arriving content must have. */
function digestOf(answer: CacheResponse, link: Link | undefined): string | undefined {
  const digest = isMakeable(link) ? undefined : link?.expected.digest;
  return answer.stored?.content.sha256 || (digest?.algorithm === "sha256" ? digest.hex : undefined);
}

function artifactFields(answer: CacheResponse, sha256: string | undefined, since: Timestamp, now: Timestamp): Fields {
  const { fields, content } = answer;
  const modified = fields.read(lastModified);
  const made = fields.read(date) ?? now;
  const tag = sha256 === undefined ? fields.get("etag") : `"${shortened(sha256)}"`;
  const length = content?.length ?? fields.get("content-length");
  return Fields.fromRaw([
    "Content-Type",
    fields.get("content-type") ?? "application/octet-stream",
    ...(length === undefined ? [] : ["Content-Length", String(length)]),
    ...(tag === undefined ? [] : ["ETag", tag]),
    "Last-Modified",
    formatHttpDate(Math.min(modified ?? since, made)),
    "Date",
    formatHttpDate(made),
    "Cache-Control",
    fields.get("cache-control") ?? "no-cache",
    "Accept-Ranges",
    "bytes",
  ]);
}

function passOn(answer: CacheResponse, mount: ProxyMount): Outgoing {
  const { status } = answer;
  leave(answer.content);
  return problem(status >= 400 ? status : 502, `The upstream answered ${status} for this file.`, {
    log: { mount: mount.config.prefix, because: `upstream ${status}` },
  });
}
