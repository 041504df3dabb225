import type { Timestamp } from "@larder/core";

/** A row of a table that notes when it was made and last written; as a date or in milliseconds. */
export interface DatedRow {
  readonly created_at?: Date | Timestamp | null;
  readonly updated_at?: Date | Timestamp | null;
}

/** One entity, a collection of them, or something that is put together for this answer. */
export type Subject = DatedRow | readonly DatedRow[] | "composed";

const rowTime = ({ updated_at, created_at }: DatedRow): Timestamp | undefined => {
  const time = updated_at ?? created_at;
  return time === null || time === undefined ? undefined : Number(time);
};

/**
 * When what is answered last changed: the three rules of OpenStack's placement-minimum-cache-headers. One entity: its
 * update, else its creation. A collection: the newest of its members. What is composed, an empty collection and
 * rows without a time: now.
 *
 * The second rule doesn't see a member that went away, so a list wants an entity tag too.
 * @returns milliseconds, whole seconds, never after `now` (RFC 9110 §8.8.2.1)
 */
export function lastChange(subject: Subject, now: Timestamp): Timestamp {
  let newest: Timestamp | undefined;
  const rows = subject === "composed" ? [] : Array.isArray(subject) ? subject : [subject as DatedRow];
  for (const row of rows) {
    const time = rowTime(row);
    if (time !== undefined && (newest === undefined || time > newest)) newest = time;
  }
  return Math.floor(Math.min(newest ?? now, now) / 1000) * 1000;
}
