import { type FormatRequest, isProjectName, normalizeName } from "@larder/formats";
import { answerArtifact } from "./artifact.ts";
import { withoutCredentials } from "./credentials.ts";
import type { Gateway } from "./gateway.ts";
import { membersOf, ownerAmong } from "./group-members.ts";
import { answerMirrored } from "./mirrored-file.ts";
import type { Index, MountRoute } from "./mount.ts";
import type { GroupConfig } from "./mounts/group.ts";

/** What a member is called in a group's links: its prefix in one segment, `/a/b/` is `a~b`. */
export const memberSegment = (prefix: string): string => prefix.slice(1, -1).replaceAll("/", "~") || "~";

/** Where a group has what a member's page links: the member's own path, behind its segment. */
export function pathInGroup({ config }: Index, path: string): string {
  return `files/${memberSegment(config.prefix)}/${path.slice("files/".length)}`;
}

const notHere = (because: string): MountRoute => ({ type: "none", status: 404, because });

/**
 * What a file's URL in a group leads to: the member's own, without a second answer to who may have it. A name that belongs
 * to another member has no files here.
 */
export function fileOfMember(gateway: Gateway, config: GroupConfig, request: FormatRequest): MountRoute {
  const [, segment, project, rest] = /^files\/([^/]+)\/([^/]+)(\/.*)$/.exec(request.path) ?? [];
  if (segment === undefined || project === undefined || !isProjectName(project) || normalizeName(project) !== project)
    return notHere("No page of this index links such a file: its URL is not well formed.");
  const members = membersOf(gateway, config);
  const member = members.find(({ config }) => memberSegment(config.prefix) === segment);
  if (member === undefined) return notHere(`This group has no member ${segment}.`);
  const owner = ownerAmong(members, config, project);
  if (owner !== undefined && owner !== member)
    // whose it is, is not for everybody to know
    return notHere(`This index's page of ${project} links no such file.`);
  const route = member.route({ ...request, path: `files/${project}${rest}` }, gateway);
  switch (route.type) {
    case "artifact":
      return {
        type: "own",
        answer: (gateway, { head }) => answerArtifact(gateway, route.mount, route.route, withoutCredentials(head)),
      };
    case "mirrored":
      return {
        type: "own",
        answer: (gateway, { head }) => answerMirrored(gateway, route.mirrors, route.route, withoutCredentials(head)),
      };
    default:
      return route;
  }
}
