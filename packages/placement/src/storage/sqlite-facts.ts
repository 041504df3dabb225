/** Facts as rows of SQLite, and back. */
import type { DatabaseSync } from "node:sqlite";
import type { Change, ConsumerFact, InventoryRow } from "../domain/world-change.ts";

/** Prepares the statements once. @returns what writes one fact, inside of a transaction */
export function factWriter(db: DatabaseSync): (change: Change) => void {
  const run = (sql: string) => {
    const statement = db.prepare(sql);
    return (...values: (string | number | null)[]) => {
      statement.run(...values);
    };
  };
  const put = {
    class: run(
      "insert into resource_classes values (?, ?, ?) on conflict (id) do update set name = excluded.name, modified = excluded.modified",
    ),
    trait: run(
      "insert into traits values (?, ?, ?) on conflict (id) do update set name = excluded.name, modified = excluded.modified",
    ),
    provider: run(
      "insert into resource_providers (uuid, name, generation, parent, modified) values (?, ?, ?, ?, ?) on conflict (uuid) do update set name = excluded.name, generation = excluded.generation, parent = excluded.parent, modified = excluded.modified",
    ),
    inventory: run("insert into inventories values (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    providerTrait: run("insert into provider_traits values (?, ?)"),
    aggregate: run("insert into provider_aggregates values (?, ?, ?)"),
    consumer: run("insert into consumers (uuid, generation, project, user, type) values (?, ?, ?, ?, ?)"),
    allocation: run("insert into allocations values (?, ?, ?, ?, ?, ?)"),
  };
  const remove = {
    class: run("delete from resource_classes where id = ?"),
    trait: run("delete from traits where id = ?"),
    provider: run("delete from resource_providers where uuid = ?"),
    inventories: run("delete from inventories where provider = ?"),
    providerTraits: run("delete from provider_traits where provider = ?"),
    aggregates: run("delete from provider_aggregates where provider = ?"),
    consumer: run("delete from consumers where uuid = ?"),
  };
  return (change) => {
    switch (change.type) {
      case "class":
      case "trait":
        return put[change.type](change.id, change.name, change.modified);
      case "class-removed":
        return remove.class(change.id);
      case "trait-removed":
        return remove.trait(change.id);
      case "provider":
        return put.provider(change.uuid, change.name, change.generation, change.parent, change.modified);
      case "provider-removed":
        return remove.provider(change.uuid);
      case "inventories":
        remove.inventories(change.provider);
        for (const row of change.inventories) put.inventory(...inventoryValues(change.provider, row));
        return;
      case "provider-traits":
        remove.providerTraits(change.provider);
        for (const trait of new Set(change.traits)) put.providerTrait(change.provider, trait);
        return;
      case "aggregates":
        remove.aggregates(change.provider);
        for (const [position, uuid] of change.aggregates.entries()) put.aggregate(change.provider, position, uuid);
        return;
      case "consumer": {
        remove.consumer(change.uuid);
        if (change.allocations.length === 0) return;
        const { uuid, generation, project, user, consumerType } = change;
        put.consumer(uuid, generation, project, user, consumerType);
        for (const [position, { provider, classId, amount, modified }] of change.allocations.entries())
          put.allocation(uuid, position, provider, classId, amount, modified);
      }
    }
  };
}

function inventoryValues(provider: string, row: InventoryRow): (string | number)[] {
  const { classId, total, reserved, minUnit, maxUnit, stepSize, allocationRatio, modified } = row;
  return [provider, classId, total, reserved, minUnit, maxUnit, stepSize, allocationRatio, modified];
}

/** The whole state as facts: definitions, providers in the order of creation, what hangs on them, consumers. */
export function* snapshotFacts(db: DatabaseSync): Generator<Change> {
  const rows = <T>(sql: string): Iterable<T> => db.prepare(sql).iterate() as Iterable<T>;
  type Definition = { id: number; name: string; modified: number };
  for (const row of rows<Definition>("select * from resource_classes order by id")) yield { type: "class", ...row };
  for (const row of rows<Definition>("select * from traits order by id")) yield { type: "trait", ...row };
  type Provider = { uuid: string; name: string; generation: number; parent: string | null; modified: number };
  for (const row of rows<Provider>(
    "select uuid, name, generation, parent, modified from resource_providers order by position",
  ))
    yield { type: "provider", ...row };
  type Inventory = { provider: string } & InventoryRow;
  const inventories = rows<Inventory>(
    `select provider, class_id "classId", total, reserved, min_unit "minUnit", max_unit "maxUnit",
       step_size "stepSize", allocation_ratio "allocationRatio", modified from inventories order by provider, class_id`,
  );
  for (const [provider, group] of grouped(inventories, (row) => row.provider))
    yield { type: "inventories", provider, inventories: group.map(({ provider: _, ...row }) => row) };
  const traits = rows<{ provider: string; trait: number }>(
    `select provider, trait_id "trait" from provider_traits order by provider, trait_id`,
  );
  for (const [provider, group] of grouped(traits, (row) => row.provider))
    yield { type: "provider-traits", provider, traits: group.map(({ trait }) => trait) };
  const aggregates = rows<{ provider: string; aggregate: string }>(
    "select provider, aggregate from provider_aggregates order by provider, position",
  );
  for (const [provider, group] of grouped(aggregates, (row) => row.provider))
    yield { type: "aggregates", provider, aggregates: group.map(({ aggregate }) => aggregate) };
  yield* consumerFacts(db);
}

type HeldRow = Omit<ConsumerFact, "type" | "allocations"> & ConsumerFact["allocations"][number];

/** in the order in which they were last written, so that lists of allocations keep their order over a start */
function* consumerFacts(db: DatabaseSync): Generator<Change> {
  const held = db
    .prepare(
      `select c.uuid, c.generation, c.project, c.user, c.type "consumerType",
         a.provider, a.class_id "classId", a.amount, a.modified
       from consumers c join allocations a on a.consumer = c.uuid order by c.position, a.position`,
    )
    .iterate() as Iterable<HeldRow>;
  for (const [uuid, group] of grouped(held, (row) => row.uuid)) {
    const { generation, project, user, consumerType } = group[0]!;
    const allocations = group.map(({ provider, classId, amount, modified }) => ({
      provider,
      classId,
      amount,
      modified,
    }));
    yield { type: "consumer", uuid, generation, project, user, consumerType, allocations };
  }
}

/** Rows that follow each other and have the same key. */
function* grouped<T>(rows: Iterable<T>, key: (row: T) => string): Generator<[string, T[]]> {
  let group: T[] = [];
  let current: string | undefined;
  for (const row of rows) {
    const own = key(row);
    if (own !== current && current !== undefined) {
      yield [current, group];
      group = [];
    }
    current = own;
    group.push(row);
  }
  if (current !== undefined) yield [current, group];
}
