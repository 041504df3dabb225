import { Fields } from "@larder/core";
import {
  explainWithheld,
  type FormatRequest,
  fileVersion,
  isProjectName,
  normalizeName,
  normalizeVersion,
  projectPage,
} from "@larder/formats";
import type { Incoming, Outgoing } from "@larder/server";
import { onlyCredentials } from "./credentials.ts";
import { havePage, passOn } from "./document.ts";
import type { Gateway } from "./gateway.ts";
import { offered } from "./offered.ts";
import { failed } from "./outgoing.ts";
import type { ProxyMount } from "./proxy.ts";

/** What a mount's policy says of a project's files, as `<prefix>policy/<project>/` tells it in JSON. */
export interface PolicyAnswer {
  /** normalised name */
  readonly project: string;
  /** of the mount */
  readonly prefix: string;
  /** whether the mount has a policy at all */
  readonly policy: boolean;
  /** the next instant at which time alone changes something, RFC 3339; null = there is none */
  readonly changes: string | null;
  /** by name */
  readonly files: readonly FileAnswer[];
}

interface FileAnswer {
  readonly filename: string;
  /** undefined where its name says none */
  readonly version?: string;
  /** RFC 3339; undefined = not known */
  readonly uploaded?: string;
  readonly offered: boolean;
  /** whether it may only be had once its core metadata, which nobody asked for yet, have told its licence */
  readonly unread?: true;
  /** why it is not: a word, and a sentence */
  readonly because?: string;
  readonly says?: string;
  /** when that ends, RFC 3339 */
  readonly until?: string;
}

/** The project that a URL asks the policy about, normalised; undefined for other URLs. */
export function policyAsked({ method, path }: FormatRequest): string | undefined {
  const [, name] = /^policy\/([^/]+)\/?$/.exec(path) ?? [];
  return name !== undefined && (method === "GET" || method === "HEAD") && isProjectName(name)
    ? normalizeName(name)
    : undefined;
}

/** Tells what the policy of a mount makes of a project now, of one version where the query says `version=`. */
export async function answerPolicy(
  gateway: Gateway,
  mount: ProxyMount,
  project: string,
  { head, path }: Incoming,
): Promise<Outgoing> {
  const had = await havePage(gateway, mount, projectPage(mount.config, project), onlyCredentials(head));
  if (had.type === "failed") return failed(had.failure, mount);
  if (had.type === "other") return passOn(had.response, project, mount);
  const { page, withheld, unread, rules, during } = offered(gateway, mount, had);
  const version = new URLSearchParams(path.slice(path.indexOf("?") + 1)).get("version");
  const files = [...page.files, ...[...withheld.values()].map(({ file }) => file)].map((file): FileAnswer => {
    const held = withheld.get(file.url);
    const own = fileVersion(file.filename, project);
    return {
      filename: file.filename,
      ...(own !== undefined && { version: own }),
      ...(file.uploadTime !== undefined && { uploaded: file.uploadTime }),
      offered: held === undefined,
      ...(unread.has(file.url) && { unread: true }),
      ...(held !== undefined &&
        rules.policy !== undefined && { because: held.because, says: explainWithheld(held, rules.policy) }),
      ...(held?.until !== undefined && { until: new Date(held.until).toISOString() }),
    };
  });
  const answer: PolicyAnswer = {
    project,
    prefix: mount.config.prefix,
    policy: rules.policy !== undefined,
    changes: Number.isFinite(during[1]) ? new Date(during[1]).toISOString() : null,
    files: files
      .filter((file) => version === null || file.version === normalizeVersion(version))
      .sort((a, b) => (a.filename < b.filename ? -1 : 1)),
  };
  const content = Buffer.from(`${JSON.stringify(answer)}\n`);
  const fields = Fields.of(
    ["Content-Type", "application/json"],
    ["Content-Length", String(content.length)],
    ["Cache-Control", "no-store"],
  );
  return { status: 200, fields, content, log: { mount: mount.config.prefix } };
}
