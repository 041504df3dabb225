import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Timestamp } from "@larder/core";
import { isLike, normalizeName } from "@larder/formats";
import { statementsOf } from "./database.ts";

/** What a token lets its bearer do; each includes those before it. */
export const rights = ["read", "upload", "admin"] as const;
export type Right = (typeof rights)[number];

/** A token as it is stored: what its bearer knows is not in it. */
export interface Token {
  readonly id: string;
  /** prefixes of the mounts that it is for */
  readonly spaces: readonly string[];
  /** patterns of normalised project names, `*` for any text */
  readonly projects: readonly string[];
  readonly may: Right;
  /** for people: whose it is, or what for */
  readonly note: string;
  readonly created: Timestamp;
  readonly expires?: Timestamp;
  readonly revoked?: Timestamp;
}

/** What came of looking a token up. */
export type Verified = { readonly type: "valid"; readonly token: Token } | { readonly type: "unknown" | "expired" };

/** The tokens of hosted mounts. Of what a bearer knows only a hash is stored: 256 bits of chance need no slow one. */
export class Tokens {
  readonly #sql: ReturnType<typeof statementsOf>;

  constructor(database: DatabaseSync) {
    this.#sql = statementsOf(database);
  }

  /** Makes a token. @returns what its bearer sends; it can't be had again */
  create(given: Pick<Token, "spaces" | "projects" | "may" | "note" | "expires">, now: Timestamp): string {
    const id = randomBytes(6).toString("hex");
    const secret = randomBytes(32).toString("base64url");
    this.#sql("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)").run(
      id,
      hash(secret),
      JSON.stringify(given.spaces),
      JSON.stringify(given.projects.map(normalizeName)),
      given.may,
      given.note,
      now,
      given.expires ?? null,
    );
    return `larder_${id}_${secret}`;
  }

  /** All tokens, revoked and expired ones too, oldest first. */
  list(): readonly Token[] {
    return this.#sql("SELECT * FROM tokens ORDER BY created, id").all().map(tokenOf);
  }

  /** From now on it is worth nothing. @returns whether there is such a token that was not revoked before */
  revoke(id: string, now: Timestamp): boolean {
    const sql = "UPDATE tokens SET revoked = ? WHERE id = ? AND revoked IS NULL";
    return this.#sql(sql).run(now, id).changes > 0;
  }

  /** Looks up what somebody sent as a token. */
  verify(text: string, now: Timestamp): Verified {
    const [, id, secret] = /^larder_([0-9a-f]{12})_([\w-]{43})$/.exec(text) ?? [];
    const row = id === undefined ? undefined : this.#sql("SELECT * FROM tokens WHERE id = ?").get(id);
    if (row === undefined || !timingSafeEqual(Buffer.from(hash(secret!)), Buffer.from(String(row.secret))))
      return { type: "unknown" };
    const token = tokenOf(row);
    if (token.revoked !== undefined) return { type: "unknown" };
    return token.expires !== undefined && token.expires <= now ? { type: "expired" } : { type: "valid", token };
  }
}

/** Whether a token lets its bearer do this. @param project normalised; undefined = where no project is meant yet */
export function allows(token: Token, space: string, right: Right, project?: string): boolean {
  if (!token.spaces.includes(space) || rights.indexOf(token.may) < rights.indexOf(right)) return false;
  return project === undefined || token.projects.some((pattern) => isLike(pattern, project));
}

const hash = (secret: string) => createHash("sha256").update(secret).digest("hex");

function tokenOf(row: Readonly<Record<string, SQLOutputValue>>): Token {
  return {
    id: String(row.id),
    spaces: JSON.parse(String(row.spaces)) as string[],
    projects: JSON.parse(String(row.projects)) as string[],
    may: String(row.may) as Right,
    note: String(row.note),
    created: Number(row.created),
    ...(row.expires !== null && { expires: Number(row.expires) }),
    ...(row.revoked !== null && { revoked: Number(row.revoked) }),
  };
}
