/** What GET /allocation_candidates asks for, after names were looked up, and what the search answers. */
import type { Provider } from "../world-model.ts";

/** One request group (`resources`, `required`, `member_of`, `in_tree` of one suffix). */
export interface RequestGroup {
  /** "" = the group without suffix: several providers may share its classes; any other comes from one provider */
  readonly suffix: string;
  /** amount by class id; empty = a group that only names a provider (1.36) */
  readonly resources: ReadonlyMap<number, number>;
  /** of each list at least one trait id */
  readonly required: readonly (readonly number[])[];
  /** none of these trait ids */
  readonly forbidden: readonly number[];
  /** of each list at least one aggregate uuid */
  readonly memberOf: readonly (readonly string[])[];
  /** none of these aggregates */
  readonly forbiddenAggregates: readonly string[];
  /** uuid of any provider of the tree; unknown ones match nothing */
  readonly inTree: string | undefined;
}

/** A whole request. Names of classes and traits are ids already, uuids are in the usual lower-case form. */
export interface CandidateRequest {
  readonly groups: readonly RequestGroup[];
  /** `isolate`: groups with a suffix are all on different providers */
  readonly groupPolicy: "none" | "isolate" | undefined;
  /** traits that the anchor must have, and must not have (1.35) */
  readonly rootRequired: readonly number[];
  readonly rootForbidden: readonly number[];
  /** each a list of suffixes: one of their providers is ancestor of the others, or the same (1.36) */
  readonly sameSubtree: readonly (readonly string[])[];
  /** at most so many candidates */
  readonly limit: number | undefined;
  /** false (below 1.29): no two providers of one tree in a candidate */
  readonly nested: boolean;
}

/** One way to satisfy the request. */
export interface Candidate {
  /** amount by class id, by provider */
  readonly allocations: ReadonlyMap<Provider, ReadonlyMap<number, number>>;
  /** the providers of each group, by suffix */
  readonly mappings: ReadonlyMap<string, readonly Provider[]>;
}

/** How to go about it; configuration (MAP §8), nothing that a request can choose. */
export interface SearchOptions {
  /** `depth-first`: all of one anchor, then the next; `breadth-first`: one of each anchor in turn */
  readonly strategy?: "depth-first" | "breadth-first";
  /** stop after so many, before `limit`; absent = {@link mostCandidates} */
  readonly maxCandidates?: number;
  /** a random number in [0, 1): the answer is then a random choice among all candidates, in random order */
  readonly random?: (() => number) | undefined;
  /** steps that the search may take for one request, some microseconds each */
  readonly steps?: number;
  /** failures at one anchor after which the search remembers dead ends; changes the time it takes, never the answer */
  readonly patience?: number;
}

/** What is found at most where nothing else is configured: a bound for memory, some tens of megabytes of JSON. */
export const mostCandidates = 100_000;
