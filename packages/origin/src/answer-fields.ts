import { Fields, formatEntityTag, formatHttpDate, type Timestamp } from "@larder/core";
import { type FieldsLike, fieldsOf } from "./answer.ts";
import { cacheControlOf, type State } from "./state.ts";

/** The lines by which an answer tells its state and how long it may be kept: names and values in turn. */
export function stateLines(state: State, now: Timestamp): string[] {
  const { etag, lastModified, vary } = state;
  const cacheControl = cacheControlOf(state);
  const lines = ["date", formatHttpDate(now)];
  if (etag !== undefined) lines.push("etag", formatEntityTag(etag));
  // never later than Date (RFC 9110 §8.8.2.1)
  if (lastModified !== undefined) lines.push("last-modified", formatHttpDate(Math.min(lastModified, now)));
  if (cacheControl !== undefined) lines.push("cache-control", cacheControl);
  if (vary !== undefined && vary.length > 0) lines.push("vary", vary.join(", "));
  return lines;
}

function isName(lines: readonly string[], name: string): boolean {
  for (let i = 0; i < lines.length; i += 2) if (lines[i] === name) return true;
  return false;
}

/** Given lines, then the kit's; of a name that both write, the kit's, but for Vary, which adds up. */
export function combine(given: FieldsLike | undefined, own: readonly string[]): Fields {
  if (given === undefined) return Fields.fromRaw(own);
  const kept = fieldsOf(given).filter((name) => name === "vary" || !isName(own, name));
  return Fields.fromRaw(kept.raw.concat(own));
}

/** Lines for every answer, then those of this one; of a name that both have, those of this one. */
export function override(general: FieldsLike | undefined, particular: FieldsLike | undefined): FieldsLike | undefined {
  if (general === undefined) return particular;
  const later = fieldsOf(particular);
  const names = later.names();
  return Fields.fromRaw([...fieldsOf(general).filter((name) => !names.has(name)).raw, ...later.raw]);
}
