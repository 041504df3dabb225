import type { RuleName } from "../auth/policy.ts";
import type { SearchOptions } from "../domain/candidates/request.ts";
import type { World } from "../domain/world.ts";
import * as aggregates from "../handlers/aggregates.ts";
import * as allocations from "../handlers/allocations.ts";
import { candidatesHandler } from "../handlers/candidates.ts";
import * as inventories from "../handlers/inventories.ts";
import * as providers from "../handlers/providers.ts";
import { postReshaper } from "../handlers/reshaper.ts";
import * as classes from "../handlers/resource-classes.ts";
import { home } from "../handlers/root.ts";
import * as traits from "../handlers/traits.ts";
import * as usages from "../handlers/usages.ts";
import { type Answer, justNow, once } from "./answer.ts";
import type { Call } from "./call.ts";
import { body, type Input, query } from "./input.ts";
import { openapi } from "./openapi.ts";
import * as schemas from "./schemas.ts";
import { type Feature, introduced } from "./versions.ts";

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Answers a call. For writes it is called while nobody else writes, and its changes are kept or it did not happen. */
type HandlerOf = (call: Call, world: World) => Answer;

type Row = readonly [
  method: Method,
  path: string,
  /** undefined = from 1.0 */
  since: Feature | undefined,
  /** undefined = without a token */
  rule: RuleName | undefined,
  input: Input | undefined,
  handler: HandlerOf,
];

const provider = "/resource_providers/{uuid}";
const rp = "placement:resource_providers";
const rc = "placement:resource_classes";

// The order of methods of a path is the order in Allow.
// biome-ignore format: one route, one line
const rows: (options: SearchOptions) => readonly Row[] = (options) => [
  ["GET", "/", undefined, undefined, undefined, home],
  ["GET", "/resource_classes", "resourceClasses", `${rc}:list`, undefined, classes.listClasses],
  ["POST", "/resource_classes", "resourceClasses", `${rc}:create`, body(schemas.resourceClass), classes.postClass],
  ["GET", "/resource_classes/{name}", "resourceClasses", `${rc}:show`, undefined, classes.getClass],
  ["PUT", "/resource_classes/{name}", "resourceClasses", `${rc}:update`, body(schemas.resourceClass, "putResourceClass"), classes.putClass],
  ["DELETE", "/resource_classes/{name}", "resourceClasses", `${rc}:delete`, undefined, classes.deleteOneClass],
  ["GET", "/resource_providers", undefined, `${rp}:list`, query(schemas.providersQuery), providers.listProviders],
  ["POST", "/resource_providers", undefined, `${rp}:create`, body(schemas.newProvider), providers.postProvider],
  ["GET", provider, undefined, `${rp}:show`, undefined, providers.getProvider],
  ["DELETE", provider, undefined, `${rp}:delete`, undefined, providers.deleteOneProvider],
  ["PUT", provider, undefined, `${rp}:update`, body(schemas.changedProvider), providers.putProvider],
  ["GET", `${provider}/inventories`, undefined, `${rp}:inventories:list`, undefined, inventories.listInventories],
  ["POST", `${provider}/inventories`, undefined, `${rp}:inventories:create`, body(schemas.newInventory), inventories.postInventory],
  ["PUT", `${provider}/inventories`, undefined, `${rp}:inventories:update`, body(schemas.inventories), inventories.putInventories],
  ["DELETE", `${provider}/inventories`, "deleteInventories", `${rp}:inventories:delete`, undefined, inventories.deleteInventories],
  ["GET", `${provider}/inventories/{resource_class}`, undefined, `${rp}:inventories:show`, undefined, inventories.getInventory],
  ["PUT", `${provider}/inventories/{resource_class}`, undefined, `${rp}:inventories:update`, body(schemas.oneInventory), inventories.putInventory],
  ["DELETE", `${provider}/inventories/{resource_class}`, undefined, `${rp}:inventories:delete`, undefined, inventories.deleteInventory],
  ["GET", `${provider}/usages`, undefined, `${rp}:usages`, undefined, usages.listProviderUsages],
  ["GET", `${provider}/aggregates`, "aggregates", `${rp}:aggregates:list`, undefined, aggregates.getAggregates],
  ["PUT", `${provider}/aggregates`, "aggregates", `${rp}:aggregates:update`, body(schemas.aggregates), aggregates.putAggregates],
  ["GET", `${provider}/allocations`, undefined, `${rp}:allocations:list`, undefined, allocations.listProviderAllocations],
  ["POST", "/allocations", "postAllocations", "placement:allocations:manage", body(schemas.manyAllocations), allocations.postAllocations],
  ["GET", "/allocations/{consumer_uuid}", undefined, "placement:allocations:list", undefined, allocations.getAllocations],
  ["PUT", "/allocations/{consumer_uuid}", undefined, "placement:allocations:update", body(schemas.allocations), allocations.putAllocations],
  ["DELETE", "/allocations/{consumer_uuid}", undefined, "placement:allocations:delete", undefined, allocations.deleteAllocations],
  ["GET", "/allocation_candidates", "allocationCandidates", "placement:allocation_candidates:list", query(schemas.candidatesQuery), candidatesHandler(options)],
  ["GET", "/traits", "traits", "placement:traits:list", query(schemas.traitsQuery), traits.listTraits],
  ["GET", "/traits/{name}", "traits", "placement:traits:show", undefined, traits.getTrait],
  ["PUT", "/traits/{name}", "traits", "placement:traits:update", undefined, traits.putTrait],
  ["DELETE", "/traits/{name}", "traits", "placement:traits:delete", undefined, traits.deleteOneTrait],
  ["GET", `${provider}/traits`, "traits", `${rp}:traits:list`, undefined, traits.listProviderTraits],
  ["PUT", `${provider}/traits`, "traits", `${rp}:traits:update`, body(schemas.providerTraits), traits.putProviderTraits],
  ["DELETE", `${provider}/traits`, "traits", `${rp}:traits:delete`, undefined, traits.deleteProviderTraits],
  ["GET", "/usages", "usages", "placement:usages", query(schemas.usagesQuery), usages.getUsages],
  ["POST", "/reshaper", "reshaper", "placement:reshaper:reshape", body(schemas.reshaper), postReshaper],
];

export interface Route {
  readonly method: Method;
  readonly path: string;
  /** minor of the first microversion that has it */
  readonly since: number;
  /** what an older microversion gets */
  readonly before: 404 | 405;
  readonly rule: RuleName | undefined;
  readonly input: Input | undefined;
  /** Accept must allow JSON */
  readonly sendsJson: boolean;
  /** media types are checked before the microversion */
  readonly mediaFirst: boolean;
  readonly handler: HandlerOf;
}

/** Answers that need no JSON to be accepted. */
const anyMedia = new Set(["/", "/traits/{name}"]);

/** The reference, for whoever may not ask anything else, too. Upstream has no such path (CHOICES.md). */
const reference = (all: () => readonly Route[]): Row => {
  const document = once(() => openapi(all()));
  // it changes with the software, not with the state, so it has no tag
  const getReference = (): Answer => ({ status: 200, body: document, modified: justNow });
  return ["GET", "/openapi.json", undefined, undefined, undefined, getReference];
};

/** @param options how candidates are searched */
export function routes(options: SearchOptions): readonly Route[] {
  const all: readonly Route[] = [...rows(options), reference(() => all)].map(routeOf);
  return all;
}

const routeOf = ([method, path, since, rule, input, handler]: Row): Route => ({
  method,
  path,
  since: since === undefined ? 0 : introduced[since],
  before: since === "deleteInventories" ? 405 : 404,
  rule,
  input,
  sendsJson: method === "GET" && !anyMedia.has(path),
  mediaFirst: path.endsWith("/aggregates"),
  handler,
});
