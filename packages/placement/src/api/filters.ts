/** How the values of `resources`, `required`, `member_of` and `in_tree` are read, on providers and candidates alike. */
import { badRequest } from "../refusal.ts";
import type { Query } from "./query.ts";
import { isUuidLike } from "./uuid.ts";
import type { Version } from "./versions.ts";

/** Traits by name: of each set in `required` at least one, of `forbidden` none. */
export interface TraitFilter {
  readonly required: readonly ReadonlySet<string>[];
  readonly forbidden: ReadonlySet<string>;
}

/** Aggregates by uuid: of each set in `required` at least one, of `forbidden` none. */
export interface AggregateFilter {
  readonly required: readonly ReadonlySet<string>[];
  readonly forbidden: ReadonlySet<string>;
}

/** `VCPU:2,MEMORY_MB:1024` @returns amounts by class name @throws {Refusal} 400 */
export function readResources(value: string): ReadonlyMap<string, number> {
  const form =
    "Badly formed resources parameter. Expected resources query string parameter in form: ?resources=VCPU:2,MEMORY_MB:1024.";
  if (value.trim() === "") throw badRequest(`${form} Got: empty string.`);
  const amounts = new Map<string, number>();
  for (const part of value.split(",")) {
    const [name, amount, ...more] = part.split(":");
    if (name === undefined || amount === undefined || more.length > 0) throw badRequest(`${form} Got: ${part}.`);
    if (!/^\s*[+-]?[0-9]+\s*$/.test(amount))
      throw badRequest(`Requested resource ${name} expected positive integer amount. Got: ${amount}.`);
    if (Number(amount) < 1)
      throw badRequest(`Requested resource ${name} requires amount >= 1. Got: ${Number(amount)}.`);
    amounts.set(name, Number(amount));
  }
  return amounts;
}

/** One value of `required`: `A,!B`, or from 1.39 `in:A,B`. @throws {Refusal} 400 */
export function readTraits(value: string, allow: { forbidden: boolean; any: boolean }): TraitFilter {
  const prefix = "Invalid query string parameters: ";
  if (value.startsWith("in:")) {
    const form = `${prefix}The format 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC'`;
    if (!allow.any) throw badRequest(`${form} only supported since microversion 1.39. Got: ${value}`);
    const names = new Set(
      value
        .slice(3)
        .split(",")
        .map((name) => name.trim()),
    );
    if (names.has(""))
      throw badRequest(
        `${prefix}Expected 'required' parameter value of the form: in:HW_CPU_X86_VMX,CUSTOM_MAGIC. Got an empty trait in: ${value}`,
      );
    if ([...names].some((name) => name.startsWith("!")))
      throw badRequest(`${form} does not support forbidden traits. Got: ${value}`);
    return { required: [names], forbidden: new Set() };
  }
  const names = value.split(",").map((name) => name.trim());
  const forbidden = new Set(names.filter((name) => name.startsWith("!")).map((name) => name.replace(/^!+/, "")));
  const form = `${prefix}Expected 'required' parameter value of the form: HW_CPU_X86_VMX,${allow.forbidden ? "!" : ""}CUSTOM_MAGIC.`;
  if (names.includes("") || forbidden.has("")) throw badRequest(`${form} Got an empty trait in: ${value}`);
  if (forbidden.size > 0 && !allow.forbidden) throw badRequest(`${form} Got: ${value}`);
  const required = names.filter((name) => !name.startsWith("!")).map((name) => new Set([name]));
  return { required, forbidden };
}

/** All values of `required` with this suffix; below 1.39 only the last counts. @throws {Refusal} 400 */
export function traitFilter(query: Query, { has }: Version, suffix = ""): TraitFilter {
  const values = query.all(`required${suffix}`);
  const read = (has.anyTraits ? values : values.slice(-1)).map((value) =>
    readTraits(value, { forbidden: has.forbiddenTraits, any: has.anyTraits }),
  );
  return {
    required: read.flatMap(({ required }) => required),
    forbidden: new Set(read.flatMap(({ forbidden }) => [...forbidden])),
  };
}

/** All values of `member_of` with this suffix. @throws {Refusal} 400 */
export function aggregateFilter(query: Query, { has }: Version, suffix = ""): AggregateFilter {
  const values = query.all(`member_of${suffix}`);
  if (values.length > 1 && !has.repeatedMemberOf)
    throw badRequest(`Multiple member_of${suffix} parameters are not supported`);
  const required: ReadonlySet<string>[] = [];
  const forbidden = new Set<string>();
  for (const value of values) {
    const { not, uuids } = readMemberOf(value);
    if (!not) {
      required.push(new Set(uuids));
      continue;
    }
    if (!has.forbiddenAggregates)
      throw badRequest(`Forbidden member_of${suffix} parameters are not supported in the specified microversion`);
    for (const uuid of uuids) forbidden.add(uuid);
  }
  return { required, forbidden };
}

/** `UUID`, `in:UUID,UUID`, `!UUID`, `!in:UUID,UUID` */
function readMemberOf(value: string): { not: boolean; uuids: readonly string[] } {
  const match = /^(!?)(in:)?/.exec(value)!;
  if (value.includes(",") && match[2] === undefined)
    throw badRequest(
      `Multiple values for 'member_of' must be prefixed with the 'in:' or '!in:' keyword using the valid microversion. Got: ${value}`,
    );
  const rest = value.slice(match[0].length);
  const uuids = match[2] === undefined ? [rest] : rest.split(",");
  const wrong = uuids.find((uuid) => !isUuidLike(uuid));
  if (wrong !== undefined)
    throw badRequest(
      `Invalid query string parameters: Expected 'member_of' parameter to contain valid UUID(s). Got: ${wrong}`,
    );
  return { not: match[1] === "!", uuids };
}

/** `in_tree` of a group of candidates. @throws {Refusal} 400 */
export function readInTree(value: string): string {
  const uuid = value.trim();
  if (!isUuidLike(uuid))
    throw badRequest(
      `Invalid query string parameters: Expected 'in_tree' parameter to be a format of uuid. Got: ${value}`,
    );
  return uuid;
}
