import type { World } from "../world.ts";
import type { Provider } from "../world-model.ts";
import type { Part } from "./parts.ts";
import type { CandidateRequest } from "./request.ts";
import type { Sharing } from "./sharing.ts";

/** A set of anchors outside of which no candidate can be, and about how much work it is to walk it. */
interface Clue {
  readonly size: number;
  readonly anchors: () => Iterable<Provider>;
}

/**
 * The anchors worth looking at, each once: those that the most selective of the request's conditions leaves, by the
 * world's indexes, and that have the traits the request wants of the root.
 */
export function* anchorsOf(
  world: World,
  request: CandidateRequest,
  parts: readonly Part[],
  sharing: Sharing,
): Generator<Provider> {
  let best: Clue = { size: world.providers.size, anchors: () => rootsOf(world.providers.values()) };
  for (const clue of clues(world, request, parts, sharing)) if (clue.size < best.size) best = clue;
  for (const anchor of best.anchors()) {
    if (request.rootForbidden.some((trait) => anchor.traits.has(trait))) continue;
    if (request.rootRequired.every((trait) => anchor.traits.has(trait))) yield anchor;
  }
}

function* clues(
  world: World,
  request: CandidateRequest,
  parts: readonly Part[],
  sharing: Sharing,
): Generator<Clue, void> {
  const using = (sets: readonly ReadonlySet<Provider>[]): Clue => ({
    size: sets.reduce((sum, set) => sum + set.size, 0),
    anchors: () => sharing.anchors(chain(sets)),
  });
  for (const { resources } of parts) for (const [classId] of resources) yield using([world.withClass(classId)]);
  for (const group of request.groups) {
    for (const anyOf of group.required) yield using(anyOf.map((trait) => world.withTrait(trait)));
    // also right for the root whose aggregate spans its tree: it is its own anchor
    for (const anyOf of group.memberOf) yield using(anyOf.map((aggregate) => world.inAggregate(aggregate)));
    const tree = group.inTree === undefined ? undefined : (world.providers.get(group.inTree)?.root.tree ?? new Set());
    if (tree !== undefined) yield using([tree]);
  }
  for (const trait of request.rootRequired) {
    const having = world.withTrait(trait);
    yield { size: having.size, anchors: () => rootsOf(having) };
  }
}

function* rootsOf(providers: Iterable<Provider>): Generator<Provider> {
  for (const provider of providers) if (provider.parent === undefined) yield provider;
}

function* chain(sets: readonly ReadonlySet<Provider>[]): Generator<Provider> {
  for (const set of sets) yield* set;
}
