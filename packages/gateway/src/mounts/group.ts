import { routeIndex } from "@larder/formats";
import { ConfigFault, kinds, type Place, readSettings, type Setting } from "@larder/server";
import { readPrefix } from "../config-prefix.ts";
import { fileOfMember, memberSegment } from "../group-files.ts";
import { membersOf, requestFor } from "../group-members.ts";
import { type Owner, ownersKind } from "../group-owners.ts";
import { groupPage } from "../group-page.ts";
import type { Index } from "../mount.ts";
import type { MountKind, OtherMount } from "./kind.ts";

/** Several indexes as one. */
export interface GroupConfig {
  readonly prefix: string;
  readonly format: "group";
  /** prefixes of the mounts, in the order in which they are asked */
  readonly members: readonly string[];
  readonly owners: readonly Owner[];
}

const settings = {
  members: {
    kind: kinds.texts,
    help: 'of a group: the indexes that it makes one of, in order, for example ["/private/", "/pypi/"]',
  } satisfies Setting<readonly string[]>,
  owners: {
    kind: ownersKind,
    help: "of a group: names that come from one member only, * for any text",
    defaults: "what a hosted member has or had is its own",
  } satisfies Setting<readonly Owner[]>,
};

/** Several indexes as one, in order, each name from the one that has it: see docs/groups.md. */
export const group: MountKind<GroupConfig> = {
  settings,
  isIndex: true,
  fromText: (what) => ({ members: what.split(",").map((member) => member.trim()) }),
  read({ prefix, said, place, folder }) {
    const own = readSettings(settings, said, place, folder);
    if (own.members === undefined)
      throw new ConfigFault(`${place("members")}: missing; for example ["/private/", "/pypi/"]`);
    const whole = (member: string) => readPrefix(member, () => place("members"));
    const owners = (own.owners ?? []).map(({ names, member }) => ({ names, member: whole(member) }));
    return { prefix, format: "group", members: own.members.map(whole), owners };
  },
  check,
  create: groupMount,
  describe: ({ members }) => `${members.join(", ")} as one index`,
};

function check(config: GroupConfig, mounts: readonly OtherMount[], place: Place): void {
  for (const prefix of config.members) {
    const because = memberFault(config, prefix, mounts);
    if (because !== undefined) throw new ConfigFault(`${place("members")}: ${because}`);
  }
  for (const { member } of config.owners) {
    if (!config.members.includes(member))
      throw new ConfigFault(`${place("owners")}: ${member} is none of the members, ${config.members.join(", ")}`);
  }
}

function memberFault({ members }: GroupConfig, prefix: string, mounts: readonly OtherMount[]): string | undefined {
  const mount = mounts.find((mount) => mount.prefix === prefix);
  if (mount === undefined) return `nothing is mounted at ${prefix}; mount an index there`;
  if (!mount.isIndex || mount.format === "group")
    return `what is mounted at ${prefix} is of format ${mount.format}; a group has pypi and hosted mounts`;
  const alike = members.filter((other) => memberSegment(other) === memberSegment(prefix));
  return alike.length > 1 ? `${alike.join(" and ")} can't be told apart in a group's links` : undefined;
}

function groupMount(config: GroupConfig): Index {
  const index: Index = {
    config,
    keySpace: `group ${config.prefix} `,
    proxies: [],
    route(request, gateway) {
      const path = routeIndex(config.prefix, request);
      if (path.type === "project") return { type: "document", index, project: path.project };
      if (path.type === "root") return { type: "root", index };
      return path.type === "file" ? fileOfMember(gateway, config, request) : path;
    },
    page: (gateway, project, client) => groupPage(gateway, index, config, project, client),
    projects(gateway, client) {
      const names = membersOf(gateway, config).flatMap((member) =>
        member.projects(gateway, requestFor(member, client)),
      );
      return [...new Set(names)].sort();
    },
    owns: () => false,
    location: () => undefined,
    // a group's page has the links as they are in the group
    paths: () => (path) => path,
    close: async () => undefined,
  };
  return index;
}
