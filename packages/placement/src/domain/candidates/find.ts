import { badRequest } from "../../refusal.ts";
import type { World } from "../world.ts";
import type { Provider } from "../world-model.ts";
import { anchorsOf } from "./anchors.ts";
import { Demand } from "./demand.ts";
import { type Part, partsOf } from "./parts.ts";
import { type Choice, type Option, problemAt } from "./problem.ts";
import { type Candidate, type CandidateRequest, mostCandidates, type SearchOptions } from "./request.ts";
import { rulesFor } from "./rules.ts";
import { type Budget, search } from "./search.ts";
import { Sharing } from "./sharing.ts";

/** Steps of the search that one request may take: a second or two, and only for requests made to be hard. */
const steps = 2_000_000;
const patience = 500;
/** What it costs, in steps, to see whether a provider suits a part. */
const glance = 0.25;

/**
 * The candidates for a request, each once, at most `request.limit` and `options.maxCandidates`: the search stops there.
 * Without `options.random` they come in an order that is the same as long as the world is.
 *
 * @throws {Refusal} 400 where the request is too hard: nothing was found, and not everything was looked at. Where
 * something was found before the search gave up, that is the answer, as if a maximum had cut it.
 */
export function findCandidates(world: World, request: CandidateRequest, options: SearchOptions = {}): Candidate[] {
  const most = options.maxCandidates ?? mostCandidates;
  const { limit = most } = request;
  const budget: Budget = { left: options.steps ?? steps, patience: options.patience ?? patience };
  const all = allCandidates(world, request, options, budget);
  const found =
    options.random === undefined
      ? [...take(Math.min(most, limit), all)]
      : shuffled([...take(most, all)], options.random).slice(0, limit);
  if (found.length === 0 && budget.left < 0)
    throw badRequest(
      "The request groups can be combined in too many ways: no allocation candidate was found in the time allowed. " +
        "Ask for fewer groups, or narrow them by traits, aggregates or in_tree.",
    );
  return found;
}

/** All candidates, lazily. */
function* allCandidates(
  world: World,
  request: CandidateRequest,
  options: SearchOptions,
  budget: Budget,
): Generator<Candidate> {
  if (request.groups.some(({ inTree }) => inTree !== undefined && !world.providers.has(inTree))) return;
  const parts = partsOf(request);
  const trees = parts.map(({ group: { inTree } }) =>
    inTree === undefined ? inTree : world.providers.get(inTree)?.root,
  );
  const bound = new Set(request.sameSubtree.flat());
  const sharing = new Sharing(world);
  const demand = new Demand(parts, request.groupPolicy === "isolate");
  const seen = new Set<string>();

  function* at(anchor: Provider): Generator<Candidate> {
    const reach = sharing.reach(anchor);
    if (!demand.mayBeMet(reach)) return;
    budget.left -= parts.length * reach.size * glance;
    if (budget.left < 0) return;
    const problem = problemAt(anchor, parts, reach, trees, bound);
    if (problem === undefined) return;
    for (const chosen of search(problem, rulesFor(problem, request), budget)) {
      // what comes from sharing providers alone, other anchors may reach as well
      if (chosen.every(({ provider }) => sharing.has(provider)) && !isNew(seen, problem.choices, chosen)) continue;
      yield candidateOf(problem.choices, chosen);
    }
  }

  const anchors = anchorsOf(world, request, parts, sharing);
  if (options.strategy === "breadth-first") yield* inTurn(anchors, at);
  else for (const anchor of anchors) yield* at(anchor);
}

function isNew(seen: Set<string>, choices: readonly Choice[], chosen: readonly Option[]): boolean {
  const uuids: string[] = [];
  for (const [depth, { part }] of choices.entries()) uuids[part.index] = chosen[depth]!.provider.uuid;
  const before = seen.size;
  return seen.add(uuids.join()).size > before;
}

function candidateOf(choices: readonly Choice[], chosen: readonly Option[]): Candidate {
  const allocations = new Map<Provider, Map<number, number>>();
  const mappings = new Map<string, Provider[]>();
  for (let depth = 0; depth < chosen.length; depth++) {
    const { part } = choices[depth]!;
    const { provider } = chosen[depth]!;
    map(mappings, part, provider);
    if (part.resources.length === 0) continue;
    let amounts = allocations.get(provider);
    if (amounts === undefined) {
      amounts = new Map();
      allocations.set(provider, amounts);
    }
    for (const [classId, amount] of part.resources) amounts.set(classId, (amounts.get(classId) ?? 0) + amount);
  }
  return { allocations, mappings };
}

function map(mappings: Map<string, Provider[]>, { group }: Part, provider: Provider): void {
  const known = mappings.get(group.suffix);
  if (known === undefined) mappings.set(group.suffix, [provider]);
  else if (!known.includes(provider)) known.push(provider);
}

function* take<T>(most: number, from: Iterable<T>): Generator<T> {
  if (most <= 0) return;
  let taken = 0;
  for (const one of from) {
    yield one;
    if (++taken >= most) return;
  }
}

/** One of each anchor in turn, until all have run dry. */
function* inTurn(anchors: Iterable<Provider>, at: (anchor: Provider) => Generator<Candidate>): Generator<Candidate> {
  let running: Generator<Candidate>[] = [];
  for (const anchor of anchors) {
    const generator = at(anchor);
    const { value, done } = generator.next();
    if (done) continue;
    running.push(generator);
    yield value;
  }
  while (running.length > 0) {
    const still: Generator<Candidate>[] = [];
    for (const generator of running) {
      const { value, done } = generator.next();
      if (done) continue;
      still.push(generator);
      yield value;
    }
    running = still;
  }
}

/** Fisher and Yates. */
function shuffled<T>(list: T[], random: () => number): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [list[i], list[other]] = [list[other]!, list[i]!];
  }
  return list;
}
