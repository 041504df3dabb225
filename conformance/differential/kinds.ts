// The kinds of requests of the random sequences: every route and method in all its forms, and what no route wants.
import * as fc from "fast-check";
import * as bodies from "./bodies.ts";
import { bent, type Kind, kind, mostly, query } from "./call.ts";
import * as pool from "./pools.ts";

const { constant, constantFrom } = fc;
const rp = pool.providerUuid;
const some = <T>(one: fc.Arbitrary<T>, most: number) => fc.array(one, { minLength: 1, maxLength: most });
const list = (one: fc.Arbitrary<string>, most = 2) =>
  fc.uniqueArray(one, { minLength: 1, maxLength: most }).map(String);

const resources = fc
  .uniqueArray(fc.tuple(pool.anyClassName, constantFrom("1", "1", "2", "4")), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map((pairs) => pairs.map((pair) => pair.join(":")).join());
const oddResources = constantFrom("", "VCPU", "VCPU:0", "VCPU:-1", "VCPU:1.0", "VCPU:a", ":1", "VCPU:1,VCPU:2");

const traits = (minor: number): fc.Arbitrary<string> => {
  const signed = fc.tuple(constantFrom("", "", "!"), pool.anyTraitName).map(([sign, name]) => sign + name);
  const usual = list(minor >= 22 ? signed : pool.anyTraitName);
  const any = list(pool.anyTraitName, 3).map((names) => `in:${names}`);
  const odd = constantFrom("", "CUSTOM_RED,", "!", "!!CUSTOM_RED", "in:", "in:!CUSTOM_RED", "!in:CUSTOM_RED");
  return mostly(minor >= 39 ? fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: any }) : usual, odd);
};
const required = (minor: number) => (minor >= 39 ? some(traits(minor), 2) : traits(minor));

const memberOf = (minor: number): fc.Arbitrary<string | readonly string[]> => {
  const signs = minor >= 32 ? ["", "", "!"] : [""];
  const one = fc.tuple(constantFrom(...signs), pool.aggregateUuid).map(([sign, uuid]) => sign + uuid);
  const any = fc.tuple(constantFrom(...signs), list(pool.aggregateUuid)).map(([sign, uuids]) => `${sign}in:${uuids}`);
  const odd = constantFrom("", "in:", "nonsense", `${pool.aggregateUuids[0]},${pool.aggregateUuids[1]}`, "!");
  const usual = mostly(fc.oneof(one, any), odd);
  return minor >= 24 ? some(usual, 2) : usual;
};

const inTree = mostly(pool.providerUuid, constantFrom("", "nonsense", pool.providerUuids[0]!.replaceAll("-", "")));

const put = (path: string, body: unknown) => ({ method: "PUT", path, body });
const post = (path: string, body: unknown) => ({ method: "POST", path, body });
const get = (path: string) => ({ method: "GET", path });
const remove = (path: string) => ({ method: "DELETE", path });
const at = (part: string) => (uuid: string) => `/resource_providers/${uuid}${part}`;
const read = (name: string, weight: number, path: fc.Arbitrary<string>): Kind =>
  kind(name, weight, () => path.map(get));
const drop = (name: string, weight: number, path: fc.Arbitrary<string>): Kind =>
  kind(name, weight, () => path.map(remove));
const oneInventory = fc
  .tuple(rp, pool.anyClassName)
  .map(([uuid, name]) => `/resource_providers/${uuid}/inventories/${name}`);

/** What builds a world up. */
export const building: readonly Kind[] = [
  kind("create provider", 8, (minor) =>
    fc
      .tuple(
        bent(
          fc.record({
            name: mostly<unknown>(pool.name, constantFrom<unknown>("", "x".repeat(201), 5, null)),
            ...(minor >= 14 ? { parent_provider_uuid: fc.oneof(constant(null), constant(null), rp, rp, rp) } : {}),
          }),
        ),
        // always with a uuid: one that the service makes would differ
        mostly<unknown>(rp, constantFrom<unknown>(null, "nonsense", pool.providerUuids[0]!.replaceAll("-", ""))),
      )
      .map(([body, uuid]) => post("/resource_providers", { ...body, uuid })),
  ),
  kind("put inventories", 10, () =>
    rp.chain((uuid) => bodies.inventories(uuid).map((body) => put(at("/inventories")(uuid), body))),
  ),
  kind("put provider traits", 5, () =>
    rp.chain((uuid) =>
      bent(
        fc.record({
          resource_provider_generation: bodies.generationOf(uuid),
          traits: mostly<unknown>(fc.uniqueArray(pool.anyTraitName, { maxLength: 3 }), constantFrom<unknown>("x", [1])),
        }),
      ).map((body) => put(at("/traits")(uuid), body)),
    ),
  ),
  kind("put aggregates", 5, (minor) =>
    rp.chain((uuid) => {
      const uuids = mostly<unknown>(
        fc.uniqueArray(pool.aggregateUuid, { maxLength: 2 }),
        constantFrom<unknown>("x", ["nonsense"], [pool.aggregateUuids[0], pool.aggregateUuids[0]]),
      );
      const whole = bent(fc.record({ resource_provider_generation: bodies.generationOf(uuid), aggregates: uuids }));
      return fc
        .oneof({ weight: minor < 19 ? 20 : 1, arbitrary: uuids }, { weight: minor < 19 ? 1 : 20, arbitrary: whole })
        .map((body) => put(at("/aggregates")(uuid), body));
    }),
  ),
  kind("put allocations", 10, (minor) =>
    pool.consumerUuid.chain((uuid) =>
      bodies.allocations(minor, uuid, false).map((body) => put(`/allocations/${uuid}`, body)),
    ),
  ),
  kind("put trait", 3, () => pool.customTraitName.map((name) => put(`/traits/${name}`, undefined))),
  kind("put class", 3, (minor) =>
    fc
      .tuple(pool.customClassName, pool.customClassName)
      .map(([name, other]) => put(`/resource_classes/${name}`, minor < 7 ? { name: other } : undefined)),
  ),
];

const candidates = (name: string, weight: number, parameters: (minor: number) => fc.Arbitrary<string>): Kind =>
  kind(name, weight, (minor) => parameters(minor).map((text) => get(`/allocation_candidates${text}`)));

/** A group of the given suffix; `alone` = always with resources. */
const group = (minor: number, suffix: string, chance: number) => ({
  ...(minor >= 17 ? { [`required${suffix}`]: required(minor) } : {}),
  ...(minor >= 21 ? { [`member_of${suffix}`]: memberOf(minor) } : {}),
  ...(minor >= 31 && chance > 0 ? { [`in_tree${suffix}`]: inTree } : {}),
});

const limits = (minor: number, chance: number): Record<string, fc.Arbitrary<string>> =>
  minor >= 16 && chance > 0 ? { limit: mostly(constantFrom("1", "2", "1000"), constantFrom("0", "-1", "x")) } : {};

const joined = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => `?${texts.flatMap((text) => text.slice(1).split("&").filter(Boolean)).join("&")}`);

const granular = (minor: number, many: number) => {
  const suffixes = minor >= 33 ? ["_A", "_B", "-c"] : ["1", "2", "3"];
  return joined(
    query({ resources }, 0.5),
    ...suffixes
      .slice(0, many)
      .flatMap((suffix) => [query({ [`resources${suffix}`]: resources }, 0.9), query(group(minor, suffix, 1), 0.15)]),
    query({ group_policy: mostly(constantFrom("none", "isolate"), constantFrom("", "other")) }, 0.9),
    query({ ...group(minor, "", 0), ...limits(minor, 1) }, 0.1),
    ...(minor >= 35 ? [query({ root_required: traits(22) }, 0.1)] : []),
    ...(minor >= 36
      ? [query({ same_subtree: mostly(constantFrom("_A,_B", "_A", "_A,_B,-c"), constantFrom("", "_X", "_A,")) }, 0.3)]
      : []),
  );
};

/** Questions for candidates. */
export const asked: readonly Kind[] = [
  candidates("candidates", 12, (minor) =>
    joined(query({ resources }, 1), query({ ...group(minor, "", 1), ...limits(minor, 1) }, 0.25)),
  ),
  candidates("candidates of one granular group", 5, (minor) => granular(Math.max(minor, 25), 1)),
  candidates("candidates of two granular groups", 7, (minor) => granular(Math.max(minor, 25), 2)),
  candidates("candidates of three granular groups", 3, (minor) => granular(Math.max(minor, 25), 3)),
  candidates("candidates with odd parameters", 2, () =>
    query(
      { resources: oddResources, limit: constantFrom("1", "a"), nonsense: constant("1"), resources1: resources },
      0.5,
    ),
  ),
  candidates("candidates without groups with resources", 2, () =>
    joined(
      query({ resources_A: resources }, 0.9),
      query({ required_B: traits(39), member_of_B: memberOf(39), in_tree_B: inTree }, 0.4),
      constant("?same_subtree=_A,_B&group_policy=none"),
    ),
  ),
];

/** Everything else. */
const others: readonly Kind[] = [
  read("root", 1, constant("/")),
  kind("list providers", 8, (minor) =>
    query(
      {
        name: pool.name,
        uuid: rp,
        ...(minor >= 3 ? { member_of: memberOf(minor) } : {}),
        ...(minor >= 4 ? { resources } : {}),
        ...(minor >= 14 ? { in_tree: inTree } : {}),
        ...(minor >= 18 ? { required: required(minor) } : {}),
      },
      0.2,
    ).map((text) => get(`/resource_providers${text}`)),
  ),
  read(
    "list providers with odd parameters",
    1,
    query({ nonsense: constant("1"), uuid: constant("x"), resources: oddResources }).map(
      (text) => `/resource_providers${text}`,
    ),
  ),
  read("show provider", 4, rp.map(at(""))),
  kind("update provider", 4, (minor) =>
    fc
      .tuple(
        rp,
        bent(
          fc.record({
            name: mostly<unknown>(pool.name, constantFrom<unknown>("", 5)),
            ...(minor >= 14 ? { parent_provider_uuid: fc.oneof(constant(null), rp, rp) } : {}),
          }),
          6,
        ),
      )
      .map(([uuid, body]) => put(at("")(uuid), body)),
  ),
  drop("delete provider", 3, rp.map(at(""))),
  read("list inventories", 3, rp.map(at("/inventories"))),
  kind("post inventory", 3, () =>
    fc
      .tuple(rp, pool.anyClassName, bodies.inventory)
      .map(([uuid, name, body]) => post(at("/inventories")(uuid), { resource_class: name, ...body })),
  ),
  drop("delete inventories", 1, rp.map(at("/inventories"))),
  read("show inventory", 2, oneInventory),
  kind("put inventory", 3, () =>
    fc
      .tuple(rp, pool.anyClassName)
      .chain(([uuid, name]) =>
        fc
          .tuple(bodies.inventory, bodies.generationOf(uuid))
          .map(([body, generation]) =>
            put(at(`/inventories/${name}`)(uuid), { resource_provider_generation: generation, ...body }),
          ),
      ),
  ),
  drop("delete inventory", 2, oneInventory),
  read("provider usages", 3, rp.map(at("/usages"))),
  read("get aggregates", 3, rp.map(at("/aggregates"))),
  read("get provider traits", 3, rp.map(at("/traits"))),
  drop("delete provider traits", 1, rp.map(at("/traits"))),
  read("provider allocations", 3, rp.map(at("/allocations"))),
  kind("post allocations", 6, (minor) => bodies.manyAllocations(minor).map((body) => post("/allocations", body))),
  read(
    "get allocations",
    5,
    mostly(pool.consumerUuid, constant("nonsense")).map((uuid) => `/allocations/${uuid}`),
  ),
  drop(
    "delete allocations",
    3,
    pool.consumerUuid.map((uuid) => `/allocations/${uuid}`),
  ),
  kind("put allocations of another microversion", 1, (minor) =>
    fc
      .tuple(pool.consumerUuid, constantFrom(0, 8, 12, 28, 34, 38))
      .chain(([uuid, other]) =>
        bodies.allocations(other === minor ? 0 : other, uuid, false).map((body) => put(`/allocations/${uuid}`, body)),
      ),
  ),
  read("list classes", 2, constant("/resource_classes")),
  kind("post class", 2, () => pool.customClassName.map((name) => post("/resource_classes", { name }))),
  read(
    "show class",
    2,
    pool.anyClassName.map((name) => `/resource_classes/${name}`),
  ),
  drop(
    "delete class",
    1,
    pool.customClassName.map((name) => `/resource_classes/${name}`),
  ),
  read(
    "list traits",
    3,
    query({
      name: constantFrom(
        "in:CUSTOM_RED,HW_CPU_X86_AVX",
        "startswith:CUSTOM_",
        "startswith:custom",
        "in:",
        "x",
        "foo:bar",
      ),
      associated: mostly(constantFrom("true", "false", "TRUE"), constantFrom("", "1")),
    }).map((text) => `/traits${text}`),
  ),
  read(
    "get trait",
    2,
    pool.anyTraitName.map((name) => `/traits/${name}`),
  ),
  drop(
    "delete trait",
    1,
    pool.customTraitName.map((name) => `/traits/${name}`),
  ),
  kind("usages", 4, (minor) =>
    joined(
      query({ project_id: pool.project }, 0.9),
      query(
        {
          user_id: pool.user,
          ...(minor >= 38
            ? { consumer_type: mostly(pool.consumerType, constantFrom("all", "unknown", "allfoo", "x")) }
            : {}),
        },
        0.4,
      ),
    ).map((text) => get(`/usages${text}`)),
  ),
  kind("reshaper", 3, (minor) => bodies.reshape(minor).map((body) => post("/reshaper", body))),
];

export const kinds: readonly Kind[] = [...building, ...asked, ...others];
