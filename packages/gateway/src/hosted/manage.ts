import type { Timestamp } from "@larder/core";
import { normalizeName } from "@larder/formats";
import { type Incoming, type Outgoing, problem } from "@larder/server";
import type { HostedConfig } from "../mounts/hosted.ts";
import { access, done, refusal } from "./access.ts";
import type { Hosted } from "./hosted.ts";
import type { HostedFile } from "./packages.ts";
import { decoded } from "./page.ts";

/** Octets that a reason for yanking may have. */
const mostReasonBytes = 2000;

/** One change to what is hosted. */
export interface Change {
  readonly act: "yank" | "unyank" | "delete";
  /** in any spelling */
  readonly project: string;
  /** a file's name or a version */
  readonly what: string;
}

/**
 * The change that a request asks for: `PUT` and `DELETE yanked/PROJECT/VERSION-OR-FILE`, `DELETE files/PROJECT/-/FILE`.
 * @param path what follows the mount's prefix
 * @returns undefined for any other request
 */
export function readChange(method: string, path: string): Change | undefined {
  const [, folder, ...parts] = /^(yanked|files)\/([^/]+)\/(?:-\/)?([^/]+)$/.exec(path) ?? [];
  const act = folder === undefined ? undefined : acts[`${method} ${folder}`];
  const [project, what] = parts.map(decoded);
  return act && project !== undefined && what !== undefined ? { act, project, what } : undefined;
}

const acts: Readonly<Record<string, Change["act"]>> = {
  "PUT yanked": "yank",
  "DELETE yanked": "unyank",
  "DELETE files": "delete",
};

/** Yanks, unyanks (PEP 592) or deletes, for who has a token to administer the project. A yank's content is its reason. */
export async function answerChange(
  hosted: Hosted,
  config: HostedConfig,
  { act, project: written, what }: Change,
  { head, body }: Incoming,
  now: Timestamp,
): Promise<Outgoing> {
  const may = access(hosted.tokens, config, head, "admin", normalizeName(written), now);
  if (may.type === "refused") return refusal(may.status, may.because, config);
  const reason = act === "yank" && body !== null ? await readReason(body) : "";
  if (reason === undefined) return problem(413, `A reason has at most ${mostReasonBytes} octets.`);
  const changed = change(hosted, config.prefix, { act, project: written, what }, reason, now);
  if (changed.length === 0) return problem(404, `The project ${written} has no file and no version ${what}.`);
  const text = changed.map(({ filename }) => `${words[act]} ${filename}\n`).join("");
  return done(text, config, may.token!);
}

const words: Readonly<Record<Change["act"], string>> = {
  yank: "yanked",
  unyank: "no longer yanked:",
  delete: "deleted",
};

/**
 * Does it.
 * @param space the mount's prefix
 * @param reason for a yank; empty = none
 * @returns the files that it concerned; none = there is nothing of that name
 */
export function change(
  { packages }: Pick<Hosted, "packages">,
  space: string,
  { act, project: written, what }: Change,
  reason: string,
  now: Timestamp,
): readonly HostedFile[] {
  const project = normalizeName(written);
  if (act === "delete") return packages.delete(space, project, what, now);
  return packages.yank(space, project, what, act === "yank" && (reason || true), now);
}

/** @returns undefined for a reason that is too long */
async function readReason(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > mostReasonBytes) return undefined;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks)).replaceAll(/\s+/g, " ").trim();
}
