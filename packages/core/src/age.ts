import { age } from "./age-field.ts";
import type { Fields } from "./fields.ts";
import { date } from "./http-date.ts";
import type { Seconds, Timestamp } from "./message.ts";

/** When a response was had, and what it said of its time. */
export interface Aging {
  readonly fields: Fields;
  readonly requestTime: Timestamp;
  readonly responseTime: Timestamp;
}

/**
 * A response's age when its head came, in seconds: `corrected_initial_age` (RFC 9111 §4.2.3). A clock that went back
 * counts as no time.
 */
export function correctedInitialAge({ fields, requestTime, responseTime }: Aging): Seconds {
  const dateValue = fields.read(date) ?? responseTime;
  const apparentAge = Math.max(0, (responseTime - dateValue) / 1000);
  const responseDelay = Math.max(0, (responseTime - requestTime) / 1000);
  return Math.max(apparentAge, (fields.read(age) ?? 0) + responseDelay);
}
