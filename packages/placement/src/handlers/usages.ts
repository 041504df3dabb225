import { type Answer, justNow } from "../api/answer.ts";
import type { Call } from "../api/call.ts";
import type { World } from "../domain/world.ts";
import type { UsageRow } from "../domain/world-usages.ts";
import { notFound } from "../refusal.ts";

/** GET /resource_providers/{uuid}/usages: one key for each inventory. */
export function listProviderUsages({ params }: Call, world: World): Answer {
  const uuid = params.uuid!;
  const provider = world.providers.get(uuid);
  if (provider === undefined)
    throw notFound(`No resource provider with uuid ${uuid} found: No resource provider with uuid ${uuid} found`);
  return {
    status: 200,
    body: () => ({
      resource_provider_generation: provider.generation,
      usages: Object.fromEntries(Array.from(provider.inventories, ([id, { used }]) => [world.classes.name(id), used])),
    }),
    modified: justNow,
    stamp: Math.max(provider.changed, provider.inventoriesChanged, provider.allocationsChanged, world.changed.classes),
  };
}

/** GET /usages: what a project holds, or one of its users; from 1.38 by consumer type. */
export function getUsages(call: Call, world: World): Answer {
  const { version } = call;
  const query = call.query();
  const project = query.last("project_id")!;
  const user = query.last("user_id");
  const type = query.last("consumer_type");
  const rows = () => Array.from(world.usages.of(project)).filter((row) => user === undefined || row.user === user);
  const groups = version.has.consumerTypes ? () => byType(rows(), type, world) : () => amounts(rows(), world);
  return {
    status: 200,
    body: () => ({ usages: groups() }),
    modified: justNow,
    stamp: Math.max(world.usages.changed(project), world.changed.classes),
  };
}

function amounts(rows: readonly UsageRow[], world: World): Record<string, number> {
  const sums = new Map<number, number>();
  for (const row of rows) for (const [id, amount] of row.amounts) sums.set(id, (sums.get(id) ?? 0) + amount);
  const sorted = [...sums].sort(([a], [b]) => a - b);
  return Object.fromEntries(sorted.map(([id, amount]) => [world.classes.name(id), amount]));
}

/** `all` and `unknown` are words of the query, in lower case only; types are in upper case. */
function byType(
  rows: readonly UsageRow[],
  wanted: string | undefined,
  world: World,
): Record<string, Record<string, number>> {
  const groups = Map.groupBy(rows, ({ consumerType }) => (wanted === "all" ? "all" : (consumerType ?? "unknown")));
  const result: Record<string, Record<string, number>> = {};
  for (const [name, own] of groups) {
    if (wanted !== undefined && name !== wanted) continue;
    const count = own.reduce((sum, { consumers }) => sum + consumers, 0);
    result[name] = { ...amounts(own, world), consumer_count: count };
  }
  return result;
}
