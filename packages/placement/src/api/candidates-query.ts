/** The query of GET /allocation_candidates: read, checked in upstream's order, its names looked up. */
import type { CandidateRequest, RequestGroup } from "../domain/candidates/request.ts";
import { traitIds } from "../domain/facts.ts";
import type { World } from "../domain/world.ts";
import { badRequest } from "../refusal.ts";
import {
  type AggregateFilter,
  aggregateFilter,
  readInTree,
  readResources,
  readTraits,
  type TraitFilter,
  traitFilter,
} from "./filters.ts";
import { repr } from "./python.ts";
import type { Query } from "./query.ts";
import type { Version } from "./versions.ts";

/** One group by name, as the query gives it. */
interface NamedGroup {
  resources: ReadonlyMap<string, number>;
  traits: TraitFilter;
  aggregates: AggregateFilter;
  inTree: string | undefined;
}

type Groups = ReadonlyMap<string, NamedGroup>;

/** @throws {Refusal} 400: also for a name that does not exist in a request that nothing could satisfy anyway */
export function readCandidateRequest(query: Query, version: Version, world: World): CandidateRequest {
  const root = rootTraits(query);
  const sameSubtree = query.all("same_subtree").map(readSubtree);
  const groups = readGroups(query, version);
  if (version.has.sameSubtree) checkSubtrees(groups, sameSubtree);
  else checkOrphans(groups);
  if (version.has.forbiddenTraits) checkConflicts(groups);
  // of these two the first counts where they are repeated
  const [groupPolicy] = query.all("group_policy") as CandidateRequest["groupPolicy"][];
  if (groupPolicy === undefined && [...groups.keys()].filter((suffix) => suffix !== "").length > 1)
    throw badRequest(
      'The "group_policy" parameter is required when specifying more than one "resources{N}" parameter.',
    );
  const ids = (names: Iterable<string>) => traitIds(world, names, (says) => says);
  const [limit] = query.all("limit");
  if (limit !== undefined && !/^[1-9][0-9]*$/.test(limit))
    throw badRequest(`Invalid query string parameters: ${repr(limit)} does not match '^[1-9][0-9]*$'`);
  const rootRequired = root.required.flatMap(ids);
  const rootForbidden = ids(root.forbidden);
  return {
    groups: Array.from(groups, ([suffix, group]) => resolve(world, suffix, group)),
    groupPolicy,
    rootRequired,
    rootForbidden,
    sameSubtree,
    limit: limit === undefined ? undefined : Number(limit),
    nested: version.has.nestedCandidates,
  };
}

function rootTraits(query: Query): TraitFilter {
  const [value, ...more] = query.all("root_required");
  if (value === undefined) return { required: [], forbidden: new Set() };
  if (more.length > 0)
    throw badRequest("Query parameter 'root_required' may be specified only once.", "query.duplicate_key");
  const traits = readTraits(value, { forbidden: true, any: false });
  const conflicts = traits.required.flatMap((names) => [...names.intersection(traits.forbidden)]);
  if (conflicts.length > 0)
    throw badRequest(
      `Conflicting required and forbidden traits found in root_required: ${conflicts.join(", ")}`,
      "query.bad_value",
    );
  return traits;
}

function readSubtree(value: string): readonly string[] {
  const suffixes = [...new Set(value.split(",").map((suffix) => suffix.trim()))];
  if (suffixes.includes(""))
    throw badRequest("Empty string (unsuffixed group) can not be specified in `same_subtree` ", "query.bad_value");
  return suffixes;
}

function readGroups(query: Query, version: Version): Groups {
  const suffixes = version.has.namedGroups ? "[a-zA-Z0-9_-]{1,64}" : "[1-9][0-9]*";
  const pattern = new RegExp(`^(resources|required|member_of|in_tree)(${suffixes})?$`);
  const groups = new Map<string, NamedGroup>();
  const done = new Set<string>();
  for (const [key, value] of query) {
    const match = pattern.exec(key);
    if (match === null) continue;
    const [, kind, suffix = ""] = match;
    let group = groups.get(suffix);
    if (group === undefined) {
      const none = { required: [], forbidden: new Set<string>() };
      group = { resources: new Map(), traits: none, aggregates: none, inTree: undefined };
      groups.set(suffix, group);
    }
    if (kind === "resources") group.resources = readResources(value);
    else if (kind === "in_tree") group.inTree = readInTree(value);
    // these read all values of their key at once
    else if (!done.has(key)) {
      if (kind === "required") group.traits = traitFilter(query, version, suffix);
      else group.aggregates = aggregateFilter(query, version, suffix);
    }
    done.add(key);
  }
  return groups;
}

/** From 1.36: groups without resources stand in some same_subtree, and what stands there is a group. */
function checkSubtrees(groups: Groups, sameSubtree: readonly (readonly string[])[]): void {
  const named = new Set(sameSubtree.flat());
  const resourceless = [...groups].filter(([, { resources }]) => resources.size === 0).map(([suffix]) => suffix);
  if (resourceless.length === groups.size)
    throw badRequest("There must be at least one resources or resources[$S] parameter.", "query.missing_value");
  const alone = resourceless.filter((suffix) => !named.has(suffix));
  if (alone.length > 0)
    throw badRequest(
      `Resourceless suffixed group request should be specified in \`same_subtree\` query param: bad group(s) - ${repr(alone)}.`,
      "query.bad_value",
    );
  const unknown = [...named].filter((suffix) => !groups.has(suffix));
  if (unknown.length > 0)
    throw badRequest(
      `Real suffixes should be specified in \`same_subtree\`: ${repr(unknown)} not found in ${repr([...groups.keys()])}.`,
      "query.bad_value",
    );
}

/** Below 1.36: every group has resources. */
function checkOrphans(groups: Groups): void {
  const without = [...groups].filter(([, { resources }]) => resources.size === 0);
  const orphans = (kind: string, has: (group: NamedGroup) => boolean) =>
    without.filter(([, group]) => has(group)).map(([suffix]) => `${kind}${suffix}`);
  const traits = orphans("required", (group) => group.traits.required.length > 0);
  if (traits.length > 0)
    throw badRequest(
      `All traits parameters must be associated with resources.  Found the following orphaned traits keys: ${traits.join(", ")}`,
    );
  const aggregates = orphans(
    "member_of",
    (group) => group.aggregates.required.length > 0 || group.aggregates.forbidden.size > 0,
  );
  if (aggregates.length > 0)
    throw badRequest(
      `All member_of parameters must be associated with resources. Found the following orphaned member_of keys: ${aggregates.join(", ")}`,
    );
  if (without.length > 0) throw badRequest("All request groups must specify resources.");
  if (groups.size === 0) throw badRequest("At least one request group (`resources` or `resources{$S}`) is required.");
}

function checkConflicts(groups: Groups): void {
  const conflicts: string[] = [];
  for (const [suffix, { traits }] of groups)
    for (const any of traits.required)
      if (any.isSubsetOf(traits.forbidden)) conflicts.push(`required${suffix}: (${[...any].sort().join(", ")})`);
  if (conflicts.length > 0)
    throw badRequest(
      `Conflicting required and forbidden traits found in the following traits keys: ${conflicts.sort().join(", ")}`,
    );
}

function resolve(world: World, suffix: string, group: NamedGroup): RequestGroup {
  const ids = (names: Iterable<string>) => traitIds(world, names, (says) => says);
  const resources = new Map<number, number>();
  for (const [name, amount] of group.resources) {
    const id = world.classes.id(name);
    if (id === undefined)
      throw badRequest(`Invalid resource class in resources parameter: No such resource class ${name}.`);
    resources.set(id, amount);
  }
  return {
    suffix,
    resources,
    required: group.traits.required.map(ids),
    forbidden: ids(group.traits.forbidden),
    memberOf: group.aggregates.required.map((uuids) => [...uuids]),
    forbiddenAggregates: [...group.aggregates.forbidden],
    inTree: group.inTree,
  };
}
