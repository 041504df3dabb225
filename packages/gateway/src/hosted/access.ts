import { Fields, type RequestHead, type Timestamp } from "@larder/core";
import { type Outgoing, problem } from "@larder/server";
import type { HostedConfig } from "../mounts/hosted.ts";
import { allows, type Right, type Token, type Tokens } from "./tokens.ts";

/** Who asks: the bearer of a token, or anybody where the mount lets anybody read. */
export type Access =
  | { readonly type: "granted"; readonly token: Token | undefined }
  | { readonly type: "refused"; readonly status: 401 | 403; readonly because: string };

/**
 * Whether a request may do this here. What it gets where it may not is the same whatever is there: without a token
 * nobody learns which names exist.
 * @param project normalised; undefined = where no project is meant, or it isn't known yet
 */
export function access(
  tokens: Tokens,
  config: HostedConfig,
  { fields }: Pick<RequestHead, "fields">,
  right: Right,
  project: string | undefined,
  now: Timestamp,
): Access {
  const sent = readCredentials(fields.get("authorization"));
  const verified = sent.type === "token" ? tokens.verify(sent.text, now) : undefined;
  if (verified?.type === "valid" && allows(verified.token, config.prefix, right, project))
    return { type: "granted", token: verified.token };
  if (right === "read" && config.anonymousRead) return { type: "granted", token: undefined };
  if (verified?.type === "valid") return refused(403, cannot(verified.token, config.prefix, right, project));
  if (verified?.type === "expired") return refused(401, "The token has expired: get a new one.");
  if (verified?.type === "unknown") return refused(401, "The token is not known here, or was revoked.");
  return refused(401, sent.type === "other" ? sent.fault : needed[right]);
}

const how = "send one as the password of the user __token__, or as Bearer";
const needed: Readonly<Record<Right, string>> = {
  read: `This index is private and wants a token: ${how}.`,
  upload: `An upload wants a token: ${how}.`,
  admin: `This wants a token that may administer: ${how}.`,
};

const verbs: Readonly<Record<Right, string>> = { read: "read", upload: "upload", admin: "yank or delete" };

/** Says what a token lacks; its bearer knows what it is for. */
function cannot(token: Token, prefix: string, right: Right, project: string | undefined): string {
  if (!token.spaces.includes(prefix)) return `The token is for ${token.spaces.join(", ")}, not for ${prefix}.`;
  if (!allows(token, prefix, right)) return `The token may ${token.may} only, and not ${verbs[right]}.`;
  return `The token is for the projects ${token.projects.join(", ")}, and not for ${project}.`;
}

const refused = (status: 401 | 403, because: string): Access => ({ type: "refused", status, because });

/**
 * A refusal as an answer; a 401 says what is wanted (RFC 9110 §11.6.1).
 * @param aloud whether the reason phrase says it, too
 */
export function refusal(status: number, because: string, { prefix }: HostedConfig, aloud = false): Outgoing {
  const challenge = `Basic realm="larder ${prefix}", charset="UTF-8"`;
  const fields: Record<string, string> = status === 401 ? { "WWW-Authenticate": challenge } : {};
  return problem(status, because, { fields, aloud, log: { mount: prefix, because } });
}

/** What a change came to, in words; the log says with which token it was made. */
export function done(text: string, { prefix }: HostedConfig, token: Token): Outgoing {
  const fields = Fields.of(["Content-Type", "text/plain; charset=utf-8"], ["Cache-Control", "no-store"]);
  return { status: 200, fields, content: Buffer.from(text), log: { mount: prefix, token: token.id } };
}

type Sent =
  | { readonly type: "none" }
  | { readonly type: "token"; readonly text: string }
  | { readonly type: "other"; readonly fault: string };

/** The token in an Authorization field (RFC 6750 §2.1, RFC 7617 §2). */
function readCredentials(field: string | undefined): Sent {
  if (field === undefined) return { type: "none" };
  const [, scheme = "", value = ""] = /^([A-Za-z0-9-]+) +(\S+)$/.exec(field) ?? [];
  if (scheme.toLowerCase() === "bearer") return { type: "token", text: value };
  if (scheme.toLowerCase() !== "basic")
    return { type: "other", fault: `Of credentials only tokens are known: ${how}.` };
  const pair = Buffer.from(value, "base64").toString();
  const colon = pair.indexOf(":");
  if (pair.slice(0, colon) !== "__token__")
    return { type: "other", fault: "The user name must be __token__, with a token as the password." };
  return { type: "token", text: pair.slice(colon + 1) };
}
