import type { RequestHead } from "@larder/core";
import { withoutCredentials } from "./credentials.ts";
import type { Gateway } from "./gateway.ts";
import { ownerOf } from "./group-owners.ts";
import { type Index, isIndex } from "./mount.ts";
import type { GroupConfig } from "./mounts/group.ts";

/** The members of a group, in order. */
export function membersOf({ mounts }: Gateway, { members }: GroupConfig): readonly Index[] {
  const found = members.map((prefix) => mounts.find(({ config }) => config.prefix === prefix));
  return found.filter((mount) => mount !== undefined).filter(isIndex);
}

/**
 * The member that a name belongs to, so that it never comes from another: the first that has it for good, else the one
 * that the configuration says; undefined where it belongs to none.
 * @param project normalised
 */
export function ownerAmong(members: readonly Index[], { owners }: GroupConfig, project: string): Index | undefined {
  const owner = members.find((member) => member.owns(project));
  if (owner !== undefined) return owner;
  const configured = ownerOf(owners, project);
  return members.find(({ config }) => config.prefix === configured);
}

/**
 * A client's request as a member may see it. What a client says who it is, is for what Larder hosts itself: several
 * upstreams must not get each other's passwords, and none of them a token of ours.
 */
export function requestFor(member: Index, client: RequestHead): RequestHead {
  return member.proxies.length === 0 ? client : withoutCredentials(client);
}
