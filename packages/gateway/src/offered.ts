import type { Timestamp } from "@larder/core";
import { completePage, type ProjectPage, undated, type Withheld, withhold } from "@larder/formats";
import type { ProjectFacts } from "./facts.ts";
import type { Gateway } from "./gateway.ts";
import { factsFor, type ReadPage } from "./pages.ts";
import { noRules, type Rules } from "./rules.ts";

/** A project's page as its mount offers it now: completed with what was learned, without what its policy withholds. */
export interface Offered {
  readonly page: ProjectPage;
  /** by the URL of the file */
  readonly withheld: ReadonlyMap<string, Withheld>;
  /** URLs of files that are on the page, but may only be had once their core metadata have told their licence */
  readonly unread: ReadonlySet<string>;
  /** names what the page is made of besides the index's content */
  readonly state: string;
  /** since when that is so */
  readonly since: Timestamp;
  readonly facts: ProjectFacts;
  readonly rules: Rules;
  /** the time in which a policy leaves it as it is: from the first instant on, up to but without the second */
  readonly during: readonly [Timestamp, Timestamp];
}

/** A page that was read, and whose it is. */
export interface PageInHand {
  readonly read: ReadPage;
  /** SHA-256 of what the upstream sent; empty where it isn't kept */
  readonly content: string;
  /** for one client alone */
  readonly private: boolean;
}

const always = { withheld: [], unread: [], changedAt: Number.NEGATIVE_INFINITY, changesAt: Number.POSITIVE_INFINITY };

/** What a mount, known by its key space, offers of a page that was read; worked out once for as long as it stays the same. */
export function offered(gateway: Gateway, { keySpace }: { readonly keySpace: string }, had: PageInHand): Offered {
  const { read } = had;
  const { name } = read.page;
  const known = gateway.facts.of(keySpace, name);
  // a page that is one client's alone leaves no trace
  const now = gateway.now();
  const see = () => gateway.facts.see(keySpace, name, undated(read.page, known.files), now);
  const facts = had.private ? known : factsFor(gateway.pages, keySpace + name, had.content, known, see);
  const rules = gateway.rules.get(keySpace) ?? noRules;
  const before = read.offered;
  if (before?.facts === facts && before.rules === rules && before.during[0] <= now && now < before.during[1])
    return before;
  const completed = completePage(read.page, facts.files);
  const { policy } = rules;
  const { page, withheld, unread, changedAt, changesAt } =
    policy === undefined ? { page: completed, ...always } : withhold(completed, policy, now, facts.files);
  const after: Offered = {
    page,
    withheld: new Map(withheld.map((held) => [held.file.url, held])),
    unread: new Set(unread.map(({ url }) => url)),
    state: `${facts.since} ${rules.revision} ${changedAt}`,
    since: Math.max(facts.since, rules.since, changedAt),
    facts,
    rules,
    during: [changedAt, changesAt],
  };
  read.offered = after;
  return after;
}
