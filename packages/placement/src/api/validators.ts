/** Strong entity tags without rendering, and what a request's conditions say about them (RFC 9110 §13). */
import { createHash, randomUUID } from "node:crypto";
import { type EntityTag, evaluate, Fields } from "@larder/core";
import { tagOfVersion } from "@larder/origin";
import type { World } from "../domain/world.ts";
import type { Answer } from "./answer.ts";
import { newestVersion, type Version } from "./versions.ts";

/** Raised whenever the same state is rendered into other octets than before. */
const revision = 1;

/** What identifies a world that was read from the start: the order in which it iterates may be its own. */
const worlds = new WeakMap<World, string>();

function worldId(world: World): string {
  let id = worlds.get(world);
  if (id === undefined) {
    id = randomUUID().slice(0, 8);
    worlds.set(world, id);
  }
  return id;
}

/** What identifies the counter and the place of links, by both; few at a time. */
const bases = new Map<string, string>();

function baseOf(counter: string, prefix: string): string {
  const key = `${revision} ${newestVersion.text} ${counter} ${prefix}`;
  let base = bases.get(key);
  if (base === undefined) {
    base = createHash("sha256").update(key).digest("base64url").slice(0, 8);
    if (bases.size >= 100) bases.clear();
    bases.set(key, base);
  }
  return base;
}

/**
 * The tag of an answer: it names the counter ({@link State.id}), where the service is mounted (links show it), the
 * newest change that the answer depends on, and the microversion. Who asks does not matter: whoever may see it sees
 * the same.
 * @returns undefined when the answer has no stamp
 */
export function tagOf(
  answer: Answer,
  version: Version,
  { counter, prefix }: { readonly counter: string; readonly prefix: string },
  world: World,
): EntityTag | undefined {
  if (answer.stamp === undefined) return undefined;
  const order = answer.ordered === false ? [worldId(world)] : [];
  return tagOfVersion(baseOf(counter, prefix), answer.stamp, version.minor, ...order);
}

const conditional = ["if-none-match", "if-match"] as const;

/** What a condition needs of a request. */
interface Conditioned {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Whether a request has a condition that entity tags decide. */
export const isConditional = ({ headers }: Conditioned): boolean =>
  headers["if-none-match"] !== undefined || headers["if-match"] !== undefined;

/**
 * Conditions about time are not looked at: seconds are too coarse here, and some Last-Modified of this API do not
 * move with the content (CHOICES.md).
 */
export function judge(
  { method, headers }: Conditioned,
  current: { readonly exists: boolean; readonly etag: EntityTag | undefined },
): "proceed" | "not-modified" | "precondition-failed" {
  const lines = conditional.flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return evaluate({ method, target: "", fields: Fields.of(...lines) }, current).type;
}
