import { World } from "../domain/world.ts";
import { snapshotFacts } from "../storage/sqlite-facts.ts";
import { withDatabase } from "../storage/sqlite-open.ts";
import { schemaStatus } from "../storage/sqlite-schema.ts";

/** Something that an operator should know of. */
export interface Finding {
  readonly kind:
    | "tables"
    | "missing-parent"
    | "loop"
    | "orphaned-allocation"
    | "incomplete-consumer"
    | "over-committed";
  readonly says: string;
  /** `failure`: the service can't be right with it; `warning`: look at it */
  readonly level: "failure" | "warning";
}

const incomplete = "00000000-0000-0000-0000-000000000000";

/**
 * Looks a database through: what `placement-status upgrade check` and the part of `nova-manage placement audit` that
 * needs no Nova look for. Changes nothing.
 * @throws {StateFailure} when it can't be read
 */
export function checkDatabase(path: string): readonly Finding[] {
  return withDatabase(path, (db) => {
    const { pending } = schemaStatus(db);
    if (pending.length > 0)
      return [
        {
          kind: "tables",
          level: "failure",
          says: "the tables are of an older version: run 'larder placement db upgrade'",
        },
      ];
    const rows = db.prepare("select uuid, parent from resource_providers").all() as {
      uuid: string;
      parent: string | null;
    }[];
    const broken = checkTrees(new Map(rows.map(({ uuid, parent }) => [uuid, parent])));
    // a world can't be made of trees that are none
    if (broken.length > 0) return broken;
    const world = new World();
    world.apply(1, snapshotFacts(db));
    return checkWorld(world);
  });
}

/** @param parents by uuid; null = a root */
export function checkTrees(parents: ReadonlyMap<string, string | null>): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [uuid, parent] of parents) {
    if (parent !== null && !parents.has(parent))
      findings.push({
        kind: "missing-parent",
        level: "failure",
        says: `provider ${uuid} hangs under ${parent}, which does not exist`,
      });
    else if (isOwnAncestor(uuid, parents))
      findings.push({ kind: "loop", level: "failure", says: `provider ${uuid} is its own ancestor` });
  }
  return findings;
}

function isOwnAncestor(uuid: string, parents: ReadonlyMap<string, string | null>): boolean {
  const seen = new Set<string>();
  for (let above = parents.get(uuid); above != null && !seen.has(above); above = parents.get(above)) {
    if (above === uuid) return true;
    seen.add(above);
  }
  return false;
}

/** What there is to find in a world whose trees are trees. */
export function checkWorld(world: World): readonly Finding[] {
  const findings: Finding[] = [];
  for (const provider of world.providers.values()) {
    for (const [id, { used, capacity }] of provider.inventories)
      if (used > capacity)
        findings.push({
          kind: "over-committed",
          level: "warning",
          says: `provider ${provider.uuid} (${provider.name}): ${used} of ${capacity} ${world.classes.name(id)} are used`,
        });
  }
  for (const consumer of world.consumers.values()) {
    if (consumer.project === incomplete || consumer.user === incomplete)
      findings.push({
        kind: "incomplete-consumer",
        level: "warning",
        says: `consumer ${consumer.uuid} has no project and user: it was written below microversion 1.8`,
      });
    for (const { provider, classId, amount } of consumer.allocations)
      if (!provider.inventories.has(classId))
        findings.push({
          kind: "orphaned-allocation",
          level: "failure",
          says: `consumer ${consumer.uuid} holds ${amount} of class ${classId} on ${provider.uuid}, which has no inventory of it`,
        });
  }
  return findings;
}
