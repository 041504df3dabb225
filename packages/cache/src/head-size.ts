import type { StoredResponse } from "@larder/core";

/** Octets that a stored response takes in memory besides its content; measured, roughly. */
export function headSize({ cacheKey, fields, varying }: StoredResponse): number {
  let size = 1200 + 2 * cacheKey.length;
  for (const text of fields.raw) size += 32 + text.length;
  for (const [name, value] of varying) size += 80 + name.length + (value?.length ?? 0);
  return size;
}
