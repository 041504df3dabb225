// What the model reads of fields: a few lines of its own, for the few forms that the histories have.
import type { Head } from "./log.ts";

/** Directives by lower-case name, the first of several with one name (RFC 9111 §4.2.1); "" where there is no argument. */
export function directives({ "cache-control": text }: Head): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const member of (text ?? "").split(",")) {
    const [name, value] = member.trim().toLowerCase().split("=");
    if (name !== undefined && name !== "" && !found.has(name)) found.set(name, value ?? "");
  }
  return found;
}

/** @returns undefined where the text is no number of seconds */
export const seconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;

/** @returns milliseconds; undefined where the text is no date */
export function time(text: string | undefined): number | undefined {
  return text?.endsWith(" GMT") ? Date.parse(text) : undefined;
}

export const members = (text: string | undefined): string[] =>
  (text ?? "")
    .split(",")
    .map((member) => member.trim())
    .filter((member) => member !== "");

/** The first and the last octet of one range, in something of that length (9110 §14.1.2); undefined where it has none of it. */
export function rangeIn(length: number, text: string | undefined): readonly [first: number, last: number] | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(text ?? "") ?? [];
  if (from === undefined || to === undefined) return undefined;
  const [first, last] =
    from === "" ? [length - Number(to), length - 1] : [Number(from), to === "" ? length - 1 : Number(to)];
  return first >= 0 && first < length ? [first, Math.min(last, length - 1)] : undefined;
}

/** Of `Content-Range`; undefined where there is none. */
export function partOf({ "content-range": text }: Head): readonly [first: number, last: number] | undefined {
  const [, first, last] = /^bytes (\d+)-(\d+)\//.exec(text ?? "") ?? [];
  return first === undefined ? undefined : [Number(first), Number(last)];
}

export const isWeak = (tag: string): boolean => tag.startsWith("W/");
export const opaque = (tag: string): string => tag.replace(/^W\//, "");
