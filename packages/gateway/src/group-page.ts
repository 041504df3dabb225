import type { RequestHead } from "@larder/core";
import { joinPages, moveLinks, namesLocation, type ProjectPage, sameProject } from "@larder/formats";
import { type Outgoing, problem } from "@larder/server";
import { answerWithout, type HadShown, type HadShownPage } from "./document.ts";
import type { Gateway } from "./gateway.ts";
import { pathInGroup } from "./group-files.ts";
import { membersOf, ownerAmong, requestFor } from "./group-members.ts";
import type { Index } from "./mount.ts";
import type { GroupConfig } from "./mounts/group.ts";
import { type ShownPage, shownPage } from "./pages.ts";

/** A member's page, and whose it is. */
interface Part {
  readonly member: Index;
  readonly had: HadShownPage;
}

/** Why a member's page can't be had; certain where it surely has none. */
interface Missing {
  readonly outgoing: Outgoing;
  readonly certain: boolean;
}

/**
 * The page of a project in a group: its owner's, else that of the first member that has it, joined by those of the same
 * project as far as PEP 708 lets them be. The next is asked only when the one before has said for certain that it has no
 * such project: who can't say may have it.
 */
export async function groupPage(
  gateway: Gateway,
  index: Index,
  config: GroupConfig,
  project: string,
  client: RequestHead,
): Promise<HadShown> {
  const members = membersOf(gateway, config);
  const owner = ownerAmong(members, config, project);
  for (const member of owner === undefined ? members : [owner]) {
    const first = await ask(gateway, member, project, client);
    if ("had" in first) {
      const others = owner === undefined ? members.filter((other) => other !== member) : [];
      const parts = await joined(gateway, first, others, project, client);
      return "certain" in parts ? refused(parts) : compose(gateway, index, parts, project);
    }
    if (!first.certain) return refused(first);
  }
  const asked = owner === undefined ? config.members.join(", ") : owner.config.prefix;
  return refused({ outgoing: problem(404, `No project ${project} in ${asked}.`), certain: true });
}

const refused = ({ outgoing }: Missing): HadShown => ({ type: "refused", outgoing });

async function ask(gateway: Gateway, member: Index, project: string, client: RequestHead): Promise<Part | Missing> {
  const had = await member.page(gateway, project, requestFor(member, client));
  if (had.type === "page") return { member, had };
  const outgoing = answerWithout(had, project, member);
  // the client's credentials are not for upstreams: to ask for other ones would lead nowhere
  if (outgoing.status === 401 && member.proxies.length > 0) {
    const because = `The upstream of ${member.config.prefix} wants credentials, which that mount has to be given.`;
    return { outgoing: problem(502, because, { log: { mount: member.config.prefix, because } }), certain: false };
  }
  return { outgoing, certain: outgoing.status === 404 || outgoing.status === 410 };
}

/** The first page and those that belong to it; asked are only members that the first page names (PEP 708). */
async function joined(
  gateway: Gateway,
  first: Part,
  others: readonly Index[],
  project: string,
  client: RequestHead,
): Promise<readonly Part[] | Missing> {
  const page = first.had.shown.page();
  const named = others.filter((other) => namesLocation(page, other.location(project)));
  const found: Part[] = [];
  for (const member of named) {
    const part = await ask(gateway, member, project, client);
    if ("had" in part) found.push(part);
    else if (!part.certain) return part;
  }
  const located = ({ member, had }: Part) => ({ page: had.shown.page(), location: member.location(project) });
  const same = sameProject(located(first), found.map(located));
  return [first, ...found.filter(({ had }) => same.some(({ page }) => page === had.shown.page()))];
}

/** One page of these; made anew only when one of them changes. */
function compose({ pages }: Gateway, index: Index, parts: readonly Part[], project: string): HadShown {
  const had = parts.map((part) => part.had);
  const isPrivate = had.some((one) => one.private);
  const of = parts.map(({ member, had }) => `${member.config.prefix} ${had.shown.of}`).join(" + ");
  const key = index.keySpace + project;
  const known = isPrivate ? undefined : pages.composed.get(key);
  const shown = known?.of === of ? known : shownPage(of, () => join(parts, project));
  if (!isPrivate && shown !== known) pages.composed.set(key, shown, weightOf(shown));
  return {
    type: "page",
    shown,
    since: Math.max(...had.map(({ since }) => since)),
    private: isPrivate,
    cacheStatus: had[0]!.cacheStatus,
  };
}

/** Octets that a composed page and what is made of it may take, by the number of its files. */
const weightOf = (shown: ShownPage) => 4096 + 2048 * shown.page().files.length;

function join(parts: readonly Part[], project: string): ProjectPage {
  const [first, ...others] = parts.map(({ member, had }) => {
    const paths = member.paths(project);
    return moveLinks(had.shown.page(), (url) => pathInGroup(member, paths(url)));
  });
  return joinPages(first!, others);
}
