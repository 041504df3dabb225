import type { Cache } from "@larder/cache";
import type { Handler, Incoming, Outgoing } from "@larder/server";
import { problem } from "@larder/server";
import { answerArtifact } from "./artifact.ts";
import { answerDocument } from "./document.ts";
import type { Facts } from "./facts.ts";
import { answerMirrored } from "./mirrored-file.ts";
import { type Mount, mountFor, routeIn } from "./mount.ts";
import type { Pages } from "./pages.ts";
import { answerPlain } from "./plain.ts";
import { answerRoot } from "./root.ts";
import type { Rules } from "./rules.ts";
import type { Seen } from "./seen.ts";

/** What a running gateway is made of. */
export interface Gateway {
  /** longest prefix first */
  readonly mounts: readonly Mount[];
  readonly cache: Cache;
  readonly pages: Pages;
  readonly facts: Facts;
  /** what each upstream index's mount withholds, by its key space */
  readonly rules: ReadonlyMap<string, Rules>;
  readonly seen: Seen;
  readonly now: () => number;
}

/**
 * A request's way through the gateway: which mount, what the mount makes of the URL, and then, for each kind of thing,
 * the cache's exchange, what is derived from it, and the conditions of the request against what is really sent.
 */
export function answer(gateway: Gateway, incoming: Incoming): Outgoing | Promise<Outgoing> {
  const mount = mountFor(gateway.mounts, incoming.path);
  if (mount === undefined) return nothingMounted(gateway, incoming);
  const route = routeIn(mount, incoming.head.method, incoming.path, gateway);
  switch (route.type) {
    case "plain":
      return answerPlain(gateway, route.mount, route.route, incoming);
    case "artifact":
      return answerArtifact(gateway, route.mount, route.route, incoming.head);
    case "document":
      return answerDocument(gateway, route.index, route.project, incoming);
    case "mirrored":
      return answerMirrored(gateway, route.mirrors, route.route, incoming.head);
    case "root":
      return answerRoot(gateway, route.index, incoming);
    case "own":
      return route.answer(gateway, incoming);
    case "redirect":
      return problem(route.status, `This is at ${route.location}.`, { fields: { Location: route.location } });
    case "none":
      return problem(route.status, route.because, route.allow === undefined ? {} : { fields: { Allow: route.allow } });
  }
}

/** The gateway as a listener's handler. */
export const handlerOf =
  (gateway: Gateway): Handler =>
  (incoming) =>
    answer(gateway, incoming);

function nothingMounted({ mounts }: Gateway, incoming: Incoming): Outgoing {
  const prefixes = mounts.map(({ config }) => config.prefix).join(", ");
  return problem(404, `Nothing is mounted at ${incoming.path}; there is ${prefixes || "nothing at all"}.`);
}
