// Worlds in which candidates are found: trees with inventories, traits, aggregates and sharing providers, no mistakes.
import * as fc from "fast-check";
import type { Call } from "./call.ts";
import { aggregateUuids, consumerUuids, providerUuids } from "./pools.ts";

const call = (method: string, path: string, body?: unknown): Call => ({
  kind: "rich world",
  method,
  path,
  version: "placement 1.39",
  fields: {},
  body,
});

const definitions = [
  call("PUT", "/resource_classes/CUSTOM_GOLD"),
  call("PUT", "/resource_classes/CUSTOM_IRON"),
  call("PUT", "/traits/CUSTOM_RED"),
  call("PUT", "/traits/CUSTOM_BLUE"),
];

const classes = ["VCPU", "VCPU", "MEMORY_MB", "MEMORY_MB", "DISK_GB", "DISK_GB", "SRIOV_NET_VF", "CUSTOM_GOLD"];
const traits = ["HW_CPU_X86_AVX", "COMPUTE_NODE", "CUSTOM_RED", "CUSTOM_BLUE"];

const inventory = fc.record({
  total: fc.constantFrom(4, 8, 16),
  reserved: fc.constantFrom(0, 0, 0, 1),
  max_unit: fc.constantFrom(2, 4, 100, 100, 100, 100),
  step_size: fc.constantFrom(1, 1, 1, 1, 1, 1, 2),
  allocation_ratio: fc.constantFrom(1, 1, 1.5),
});

const provider = fc.record({
  parent: fc.nat(11),
  inventories: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...classes), inventory), {
      minLength: 2,
      maxLength: 5,
      size: "max",
      selector: ([name]) => name,
    })
    .map(Object.fromEntries),
  traits: fc.oneof(fc.constant(traits), fc.subarray(traits)),
  shares: fc.constantFrom(true, false, false, false),
  aggregates: fc.oneof(fc.constant([]), fc.subarray(aggregateUuids)),
});

/** The calls that build such a world. */
export const richWorld: fc.Arbitrary<Call[]> = fc
  .array(provider, { minLength: 4, maxLength: providerUuids.length, size: "max" })
  .map((providers) => [
    ...definitions,
    ...providers.flatMap(({ parent, inventories, traits: names, shares, aggregates }, i) => {
      const uuid = providerUuids[i]!;
      const body = { name: `rich-${i}`, uuid, parent_provider_uuid: providerUuids.slice(0, i)[parent] ?? null };
      const generation = { resource_provider_generation: `@generation:${uuid}@` };
      const all = shares ? [...names, "MISC_SHARES_VIA_AGGREGATE"] : names;
      return [
        call("POST", "/resource_providers", body),
        call("PUT", `/resource_providers/${uuid}/inventories`, { ...generation, inventories }),
        ...(all.length > 0 ? [call("PUT", `/resource_providers/${uuid}/traits`, { ...generation, traits: all })] : []),
        ...(aggregates.length > 0
          ? [call("PUT", `/resource_providers/${uuid}/aggregates`, { ...generation, aggregates })]
          : []),
        ...(i < 3 ? [allocation(consumerUuids[i]!, uuid, Object.keys(inventories)[0]!)] : []),
      ];
    }),
  ]);

function allocation(consumer: string, uuid: string, className: string): Call {
  const allocations = { [uuid]: { resources: { [className]: 2 } } };
  const owner = { project_id: "@project0@", user_id: "user0", consumer_generation: null, consumer_type: "INSTANCE" };
  return call("PUT", `/allocations/${consumer}`, { allocations, ...owner });
}
