// What the random requests are made of: few names, so that they meet.
import * as fc from "fast-check";

const uuid = (kind: number, i: number) => `${String(kind).repeat(8)}-0000-4000-8000-${String(i).padStart(12, "0")}`;
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

export const providerUuids = numbers(8).map((i) => uuid(1, i));
export const aggregateUuids = numbers(3).map((i) => uuid(2, i));
/** Placeholders: each sequence has consumers of its own (see send.ts). */
export const consumerUuids = numbers(5).map((i) => `@consumer${i}@`);
const unknownUuid = uuid(9, 0);

export const providerUuid = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...providerUuids) },
  { weight: 1, arbitrary: fc.constant(unknownUuid) },
);
export const aggregateUuid = fc.constantFrom(...aggregateUuids, ...aggregateUuids, unknownUuid);
export const consumerUuid = fc.constantFrom(...consumerUuids);
export const project = fc.constantFrom("@project0@", "@project1@");
export const user = fc.constantFrom("user0", "user1");
export const consumerType = fc.constantFrom("INSTANCE", "MIGRATION", "ALL", "UNKNOWN");

const className = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("VCPU", "MEMORY_MB", "DISK_GB") },
  { weight: 4, arbitrary: fc.constantFrom("SRIOV_NET_VF", "CUSTOM_GOLD", "CUSTOM_IRON") },
);
export const anyClassName = fc.oneof(
  { weight: 20, arbitrary: className },
  { weight: 1, arbitrary: fc.constantFrom("CUSTOM_NONE", "NOPE", "vcpu", "CUSTOM_bad", "CUSTOM_") },
);
export const customClassName = fc.constantFrom(
  "CUSTOM_GOLD",
  "CUSTOM_IRON",
  "CUSTOM_NEW",
  "CUSTOM_GOLD",
  "VCPU",
  "bad",
);

const sharing = "MISC_SHARES_VIA_AGGREGATE";
const traitName = fc.constantFrom("HW_CPU_X86_AVX", "COMPUTE_NODE", "CUSTOM_RED", "CUSTOM_BLUE", sharing);
export const anyTraitName = fc.oneof(
  { weight: 25, arbitrary: traitName },
  { weight: 1, arbitrary: fc.constantFrom("CUSTOM_NONE", "NOPE", "custom_bad") },
);
export const customTraitName = fc.constantFrom(
  ...["CUSTOM_RED", "CUSTOM_BLUE", "CUSTOM_RED", "CUSTOM_BLUE", "CUSTOM_NEW", "HW_CPU_X86_AVX", "red", "CUSTOM_"],
);
export const name = fc.constantFrom(...numbers(10).map((i) => `name-${i}`));

/** Minor of the microversion. */
export const minor = fc.oneof(
  { weight: 6, arbitrary: fc.constant(39) },
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 39 }) },
);
