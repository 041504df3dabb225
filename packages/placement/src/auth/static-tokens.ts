import { createHash } from "node:crypto";
import { Refusal } from "../refusal.ts";
import type { Authenticate, Identity } from "./identity.ts";

/**
 * Tokens of a file, for labs: `- {token: …, user: …, project: …, roles: […], system: false}`, or `sha256: …` (in
 * hexadecimal) in place of the token itself.
 * @param content the parsed file
 * @throws {Error} with a sentence about what is wrong
 */
export function staticTokens(content: unknown): Authenticate {
  if (!Array.isArray(content) || content.length === 0) throw new Error("expected a list of tokens");
  const identities = new Map<string, Identity>();
  for (const [index, entry] of content.entries()) {
    const { key, identity } = readEntry(entry, `token ${index + 1}`);
    if (identities.has(key)) throw new Error(`token ${index + 1} stands there twice`);
    identities.set(key, identity);
  }
  return (fields) => {
    const token = fields("x-auth-token");
    // looked up by its digest: how long that takes says nothing about the token
    const identity = token === undefined ? undefined : identities.get(digest(token));
    if (identity === undefined) throw new Refusal(401, "");
    return identity;
  };
}

const digest = (token: string): string => createHash("sha256").update(token).digest("hex");

function readEntry(entry: unknown, name: string): { key: string; identity: Identity } {
  const { token, sha256, user, project, roles = [], system = false } = (entry ?? {}) as Record<string, unknown>;
  const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
  if (!isText(token) && !(isText(sha256) && /^[0-9a-f]{64}$/i.test(sha256)))
    throw new Error(`${name} has no token, and no sha256 of one`);
  if (!isText(user)) throw new Error(`${name} has no user`);
  if (project !== undefined && !isText(project)) throw new Error(`the project of ${name} is no text`);
  if (!Array.isArray(roles) || !roles.every(isText)) throw new Error(`the roles of ${name} are no list of names`);
  if (typeof system !== "boolean") throw new Error(`system of ${name} is neither true nor false`);
  return {
    key: isText(token) ? digest(token) : (sha256 as string).toLowerCase(),
    identity: { user, project: system ? undefined : project, roles, systemScope: system },
  };
}
