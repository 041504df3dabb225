import { STATUS_CODES } from "node:http";
import { Fields } from "@larder/core";
import type { Outgoing } from "./handler.ts";

/** What a problem answer says besides its status. */
export interface ProblemOptions {
  /** further fields, such as Allow or Retry-After */
  readonly fields?: Readonly<Record<string, string>>;
  /** extra access-log members */
  readonly log?: Readonly<Record<string, unknown>>;
  /** whether the reason phrase says the detail, too, for clients that show nothing of the content (pip, twine) */
  readonly aloud?: boolean;
}

/**
 * An RFC 9457 problem answer of the type `about:blank`: its title is the status' reason phrase.
 * @param detail what is wrong and what to do, in plain words; never a secret
 */
export function problem(status: number, detail: string, options: ProblemOptions = {}): Outgoing {
  const content = Buffer.from(
    `${JSON.stringify({ type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail })}\n`,
  );
  const fields = Fields.of(
    ["Content-Type", "application/problem+json"],
    ["Content-Length", String(content.byteLength)],
    ["Cache-Control", "no-store"],
    ...Object.entries(options.fields ?? {}),
  );
  return {
    status,
    fields,
    content,
    ...(options.aloud && { reason: detail }),
    ...(options.log !== undefined && { log: options.log }),
  };
}
