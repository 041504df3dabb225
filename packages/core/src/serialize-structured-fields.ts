import {
  type BareItem,
  type Dictionary,
  type Item,
  keyPattern,
  type List,
  type Member,
  type Parameters,
  tokenPattern,
} from "./structured-fields.ts";

/**
 * Writes a List (RFC 9651 §4.1.1).
 * @returns undefined when something in it can't be written: a number out of range, a character a type doesn't allow;
 *   "" when it is empty: then the field is not to be sent at all
 */
export function serializeList(list: List): string | undefined {
  return joined(list.map(serializeMember), ", ");
}

/** Writes a Dictionary (RFC 9651 §4.1.2); as `serializeList`. */
export function serializeDictionary(dictionary: Dictionary): string | undefined {
  const members = [...dictionary].map(([key, member]) => {
    const isTrue = "item" in member && member.item.type === "boolean" && member.item.value;
    const rest = isTrue ? serializeParameters(member.parameters) : prefixed("=", serializeMember(member));
    return wholeKey.test(key) ? prefixed(key, rest) : undefined;
  });
  return joined(members, ", ");
}

/** Writes an Item with its parameters (RFC 9651 §4.1.3); undefined when it can't be written. */
export function serializeItem({ item, parameters }: Item): string | undefined {
  return joined([serializeBareItem(item), serializeParameters(parameters)], "");
}

const wholeKey = new RegExp(`^${keyPattern}$`);
const wholeToken = new RegExp(`^${tokenPattern}$`);
const printable = /^[ -~]*$/;
const largestInteger = 999_999_999_999_999;
const largestDecimal = 999_999_999_999.9995;

function joined(parts: readonly (string | undefined)[], separator: string): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join(separator);
}

function prefixed(prefix: string, rest: string | undefined): string | undefined {
  return rest === undefined ? undefined : prefix + rest;
}

function serializeMember(member: Member): string | undefined {
  if ("item" in member) return serializeItem(member);
  const items = prefixed("(", joined(member.items.map(serializeItem), " "));
  return joined([items, ")", serializeParameters(member.parameters)], "");
}

function serializeParameters(parameters: Parameters): string | undefined {
  const each = [...parameters].map(([key, value]) => {
    if (!wholeKey.test(key)) return undefined;
    return value.type === "boolean" && value.value ? `;${key}` : prefixed(`;${key}=`, serializeBareItem(value));
  });
  return joined(each, "");
}

function serializeBareItem(item: BareItem): string | undefined {
  switch (item.type) {
    case "integer":
      return serializeInteger(item.value);
    case "decimal":
      return serializeDecimal(item.value);
    case "string":
      return printable.test(item.value) ? `"${item.value.replace(/["\\]/g, "\\$&")}"` : undefined;
    case "token":
      return wholeToken.test(item.value) ? item.value : undefined;
    case "bytes":
      return `:${btoa(Array.from(item.value, (octet) => String.fromCharCode(octet)).join(""))}:`;
    case "boolean":
      return item.value ? "?1" : "?0";
    case "date":
      return prefixed("@", serializeInteger(item.value));
    case "display-string":
      return serializeDisplayString(item.value);
  }
}

function serializeInteger(value: number): string | undefined {
  return Number.isInteger(value) && Math.abs(value) <= largestInteger ? String(value + 0) : undefined;
}

/** RFC 9651 §4.1.5: at most three digits after the point, a half rounded to the even neighbour, at least one digit. */
function serializeDecimal(value: number): string | undefined {
  if (!Number.isFinite(value) || Math.abs(value) >= largestDecimal) return undefined;
  const thousandths = value * 1000;
  const below = Math.floor(thousandths);
  const up = thousandths - below > 0.5 || (thousandths - below === 0.5 && below % 2 !== 0);
  const text = ((below + (up ? 1 : 0)) / 1000).toFixed(3);
  return text.replace(/^-(?=[0.]+$)/, "").replace(/0{1,2}$/, "");
}

/** RFC 9651 §4.1.11; text that is no Unicode (a lone half of a surrogate pair) can't be written. */
function serializeDisplayString(value: string): string | undefined {
  if (!value.isWellFormed()) return undefined;
  const octets = Array.from(new TextEncoder().encode(value), (octet) =>
    octet < 0x20 || octet > 0x7e || octet === 0x25 || octet === 0x22
      ? `%${octet.toString(16).padStart(2, "0")}`
      : String.fromCharCode(octet),
  );
  return `%"${octets.join("")}"`;
}
