import { createHash, timingSafeEqual } from "node:crypto";
import type { Incoming, Outgoing } from "./handler.ts";
import { problem } from "./problem.ts";

/** What operators may order. @param order the request's content, JSON, read but not checked */
export type AdminAction = (order: unknown) => Promise<Outgoing>;

/**
 * Lets who has the token, and asks from this very machine, have an action done: a bearer token must not go over a
 * network without TLS (RFC 6750 §5.3).
 * @param token undefined = nobody may
 */
export async function takeAction(
  action: AdminAction,
  token: string | undefined,
  incoming: Incoming,
): Promise<Outgoing> {
  if (incoming.head.method !== "POST") return problem(405, "This takes a POST.", { fields: { Allow: "POST" } });
  if (token === undefined)
    return problem(403, "Orders are off: start with admin-token-env or admin-token-file to turn them on.");
  if (!isLoopback(incoming.remote))
    return problem(403, "Orders are taken from this machine only: its loopback address, or a tunnel to it.");
  if (!hasToken(incoming, token))
    return problem(401, "An order needs the admin token: Authorization: Bearer TOKEN.", {
      fields: { "WWW-Authenticate": "Bearer" },
    });
  let order: unknown;
  try {
    order = JSON.parse(await textOf(incoming));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return problem(400, "The order is not JSON.");
  }
  return action(order);
}

const isLoopback = (address: string): boolean => /^(?:127\.|::1$|::ffff:127\.)/.test(address);

/** How long it takes says nothing about the token: digests of equal length are compared. */
function hasToken({ head }: Incoming, token: string): boolean {
  const [, given = ""] = /^bearer +(.+)$/i.exec(head.fields.get("authorization") ?? "") ?? [];
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

async function textOf({ body }: Incoming): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
