// What is compared of two answers, and how: status, the fields that matter, the body without what is free to differ.
import type { Answered } from "./send.ts";

/** One place in which two answers are not alike. */
export interface Difference {
  /** `status`, `field cache-control`, `body`, `candidates` */
  readonly where: string;
  readonly ours: unknown;
  readonly real: unknown;
}

const compared = ["content-type", "openstack-api-version", "vary", "cache-control", "allow", "www-authenticate"];
/** Lists whose order means nothing. */
const unordered = new Set(["resource_providers", "allocation_requests", "aggregates", "allocations", "traits"]);

/** A service that is compared. */
export interface Service {
  /** without a slash at its end; taken out of what is compared */
  readonly base: string;
  /** Last-Modified of what it had from its first start on, the standard classes and traits */
  readonly born: string | undefined;
}

/** Where the answers differ. */
export function differences(
  ours: Answered,
  real: Answered,
  [us, them]: readonly [ours: Service, real: Service],
): Difference[] {
  if (ours.status !== real.status) return [{ where: "status", ours: short(ours), real: short(real) }];
  const found: Difference[] = [];
  const see = (where: string, mine: unknown, theirs: unknown) => {
    if (JSON.stringify(mine) !== JSON.stringify(theirs)) found.push({ where, ours: mine, real: theirs });
  };
  for (const name of compared) see(`field ${name}`, normal(name, ours), normal(name, real));
  see("field location", ours.fields.location?.replace(us.base, ""), real.fields.location?.replace(them.base, ""));
  see("field x-openstack-request-id", "x-openstack-request-id" in ours.fields, "x-openstack-request-id" in real.fields);
  const [at, then] = [ours.fields["last-modified"], real.fields["last-modified"]];
  const near = Math.abs(Date.parse(at ?? "") - Date.parse(then ?? "")) <= 10_000;
  if (!near && !(at === us.born && then === them.born)) see("field last-modified", at, then);
  see("body", body(ours), body(real));
  return found;
}

const short = ({ status, text }: Answered) => `${status} ${text.slice(0, 1500)}`;

function normal(name: string, { fields }: Answered): string | undefined {
  const value = fields[name]?.toLowerCase();
  return name === "content-type" ? value?.replaceAll(" ", "") : value;
}

function body({ fields, text }: Answered): unknown {
  // Python breaks the lines of long values
  const withoutIds = text.replaceAll(/req-[0-9a-f-]{36}/g, "req-").replaceAll(/(?<=[^ ]) +/g, " ");
  if (withoutIds === "" || !fields["content-type"]?.startsWith("application/json")) return withoutIds;
  return canonical(JSON.parse(withoutIds), "");
}

/** With keys sorted, and the lists that are sets. */
function canonical(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((one) => canonical(one, ""));
    if (!unordered.has(key) && key !== "mapping") return items;
    return items.map((one) => JSON.stringify(one)).sort();
  }
  if (typeof value !== "object" || value === null) return value;
  const inner = (name: string) => (key === "mappings" ? "mapping" : name);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, canonical(one, inner(name))]),
  );
}
