import { type Answer, justNow } from "../api/answer.ts";
import type { Call } from "../api/call.ts";
import { renderCandidate, renderSummary, type SummaryNeeds } from "../api/candidates-json.ts";
import { readCandidateRequest } from "../api/candidates-query.ts";
import { findCandidates } from "../domain/candidates/find.ts";
import type { Candidate, SearchOptions } from "../domain/candidates/request.ts";
import type { World } from "../domain/world.ts";
import type { Provider } from "../domain/world-model.ts";

/** GET /allocation_candidates */
export const candidatesHandler = (options: SearchOptions) =>
  function listCandidates(call: Call, world: World): Answer {
    const { version } = call;
    const request = readCandidateRequest(call.query(), version, world);
    return {
      status: 200,
      body: () => {
        const found = findCandidates(world, request, options);
        const needs: SummaryNeeds = {
          classIds: version.has.allClassesInSummaries
            ? undefined
            : new Set(request.groups.flatMap(({ resources }) => [...resources.keys()])),
          traits: version.has.candidatesRequired,
          nested: version.has.nestedCandidates,
        };
        const requests = found.map((candidate) => renderCandidate(candidate, world, version));
        const summaries = Array.from(summarised(found, needs.nested), (provider) =>
          renderSummary(provider, world, needs),
        );
        return `{"allocation_requests":[${requests.join()}],"provider_summaries":{${summaries.join()}}}`;
      },
      modified: justNow,
      // a random choice is another one each time
      ...(options.random === undefined ? { stamp: world.number, ordered: false as const } : {}),
    };
  };

/** Whoever gives something; from 1.29 the whole trees of all of them. */
function summarised(found: readonly Candidate[], nested: boolean): Set<Provider> {
  const providers = new Set<Provider>();
  const roots = new Set<Provider>();
  for (const { allocations } of found)
    for (const provider of allocations.keys()) {
      if (!nested) providers.add(provider);
      else if (!roots.has(provider.root)) {
        roots.add(provider.root);
        for (const member of provider.root.tree) providers.add(member);
      }
    }
  return providers;
}
