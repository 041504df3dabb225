import type { Timestamp } from "@larder/core";
import { completePage, type ProjectPage, undated, type Withheld, withhold } from "@larder/formats";
import type { ProjectFacts } from "./facts.ts";
import type { Gateway } from "./gateway.ts";
import { factsFor, type ReadPage } from "./pages.ts";
import { factUrl, type ProxyMount } from "./proxy.ts";
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
export function offered(gateway: Gateway, mount: Pick<ProxyMount, "keySpace" | "moved">, had: PageInHand): Offered {
  const { keySpace } = mount;
  const { read } = had;
  const { name } = read.page;
  const known = gateway.facts.of(keySpace, name);
  // a page that is one client's alone leaves no trace
  const now = gateway.now();
  const see = () => {
    const urls = undated(read.page, factsAt(mount, known).files);
    return gateway.facts.see(
      keySpace,
      name,
      urls.map((url) => factUrl(mount, url)),
      now,
    );
  };
  const learned = had.private ? known : factsFor(gateway.pages, keySpace + name, had.content, known, see);
  const facts = factsAt(mount, learned);
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

const atMirrors = new WeakMap<ProjectFacts, WeakMap<object, ProjectFacts>>();

/** Facts by the URLs that a mirror's own pages have; what is known of a file is known wherever it comes from. */
function factsAt({ moved }: Pick<ProxyMount, "moved">, facts: ProjectFacts): ProjectFacts {
  if (moved === undefined || facts.files.size === 0) return facts;
  const known = atMirrors.get(facts) ?? new WeakMap<object, ProjectFacts>();
  atMirrors.set(facts, known);
  let here = known.get(moved);
  if (here === undefined) {
    here = {
      ...facts,
      files: new Map(
        [...facts.files].flatMap(([url, one]) => [
          [url, one],
          [moved.from(url), one],
        ]),
      ),
    };
    known.set(moved, here);
  }
  return here;
}
