import { renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { lastModified, type StoredResponse, type Timestamp } from "@larder/core";
import type { FactsByUrl, FileFacts } from "@larder/formats";
import { createLru } from "./lru.ts";
import { factUrl, type ProxyMount, proxyOf } from "./proxy.ts";

/** Names, in what is stored, the project whose page says less of the file than its content does; clients don't get it. */
export const projectField = "larder-project";
/** Says, in what is stored, that these are core metadata of which the page has a wrong hash; clients don't get it. */
export const mendsField = "larder-mends";

/** What was learned about a project's files. */
export interface ProjectFacts {
  readonly files: FactsByUrl;
  /** when something was learned last: at least a second later each time; `-Infinity` = nothing was */
  readonly since: Timestamp;
  /** changes with each word of the index that turned out to be wrong, and with what a policy asked for */
  readonly mended: string;
}

function factsOf(files: FactsByUrl, since: Timestamp): ProjectFacts {
  const mended = [...files].filter(([, { metadata, licences }]) => metadata !== undefined || licences !== undefined);
  return {
    files,
    since,
    mended: JSON.stringify(mended.map(([url, { metadata, licences }]) => [url, metadata, licences])),
  };
}

const noFacts = factsOf(new Map(), Number.NEGATIVE_INFINITY);

/** What was learned about files that their index doesn't say; it outlives the files, so that pages stay as they are. */
export interface Facts {
  of(keySpace: string, project: string): ProjectFacts;
  /** @param url as `comparableUrl` gives it */
  learn(keySpace: string, project: string, url: string, facts: FileFacts, now: Timestamp): void;
  /** Takes note that files without an upload time were there. @returns all that is known then */
  see(keySpace: string, project: string, urls: readonly string[], now: Timestamp): ProjectFacts;
  /**
   * Since when a mount has had the policy that it has now: later by at least a second with each other one.
   * @param revision names the policy; empty = there is none
   * @returns -Infinity where it never had another
   */
  ruled(keySpace: string, revision: string, now: Timestamp): Timestamp;
  close(): void;
}

/** Files whose facts stay in memory, and as many projects without any. */
const mostFiles = 1_000_000;

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS facts (
        space TEXT NOT NULL, project TEXT NOT NULL, url TEXT NOT NULL, facts TEXT NOT NULL, learned INTEGER NOT NULL,
        PRIMARY KEY (space, project, url)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS rules (
        space TEXT PRIMARY KEY, revision TEXT NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens the database of facts, makes it where there is none. One that can't be used is renamed (`….aside`): what was in
 * it is learned again.
 * @param path of its file, or ":memory:"
 */
export function openFacts(path: string): Facts {
  let database: DatabaseSync;
  try {
    database = openDatabase(path);
  } catch {
    renameSync(path, `${path}.aside`);
    database = openDatabase(path);
  }
  const select = database.prepare("SELECT url, facts, learned FROM facts WHERE space = ? AND project = ?");
  const insert = database.prepare("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?)");
  const known = createLru<ProjectFacts>(mostFiles);

  function of(space: string, project: string): ProjectFacts {
    const before = known.get(`${space} ${project}`);
    if (before !== undefined) return before;
    const rows = select.all(space, project) as { url: string; facts: string; learned: number }[];
    const files = rows.map(({ url, facts }) => [url, JSON.parse(facts) as FileFacts] as const);
    const since = Math.max(...rows.map(({ learned }) => learned));
    return remember(space, project, rows.length === 0 ? noFacts : factsOf(new Map(files), since));
  }

  function remember(space: string, project: string, facts: ProjectFacts): ProjectFacts {
    known.set(`${space} ${project}`, facts, 1 + facts.files.size);
    return facts;
  }

  /** @param changes all that is known of each of these files */
  function write(space: string, project: string, changes: FactsByUrl, now: Timestamp): ProjectFacts {
    const before = of(space, project);
    const since = Math.ceil(Math.max(now, before.since + 1000));
    database.exec("BEGIN");
    try {
      for (const [url, facts] of changes) insert.run(space, project, url, JSON.stringify(facts), since);
      database.exec("COMMIT");
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
    return remember(space, project, factsOf(new Map([...before.files, ...changes]), since));
  }

  return {
    of,
    learn(space, project, url, facts, now) {
      const before = of(space, project);
      const all = { ...before.files.get(url), ...facts };
      if (JSON.stringify(all) !== JSON.stringify(before.files.get(url)))
        write(space, project, new Map([[url, all]]), now);
    },
    see(space, project, urls, now) {
      const before = of(space, project);
      if (urls.length === 0) return before;
      return write(space, project, new Map(urls.map((url) => [url, { ...before.files.get(url), seen: now }])), now);
    },
    ruled(space, revision, now) {
      const row = database.prepare("SELECT revision, since FROM rules WHERE space = ?").get(space);
      const before = row as { revision: string; since: number } | undefined;
      if (before?.revision === revision) return before.since;
      if (before === undefined && revision === "") return Number.NEGATIVE_INFINITY;
      const since = Math.ceil(Math.max(now, (before?.since ?? 0) + 1000));
      database.prepare("INSERT OR REPLACE INTO rules VALUES (?, ?, ?)").run(space, revision, since);
      return since;
    },
    close: () => database.close(),
  };
}

/**
 * Learns what a stored response tells about a file: its hash, its length, its date.
 * @param response what was just stored, whole
 */
export function learn(facts: Facts, proxies: readonly ProxyMount[], response: StoredResponse, now: Timestamp): void {
  const { fields, cacheKey, content } = response;
  const project = fields.get(projectField);
  const proxy = project === undefined ? undefined : proxyOf(proxies, cacheKey);
  if (project === undefined || proxy === undefined) return;
  const { keySpace } = proxy;
  const target = factUrl(proxy, cacheKey.slice(keySpace.length));
  if (fields.has(mendsField)) {
    const wheel = target.replace(/\.metadata(?=\?|$)/, "");
    facts.learn(keySpace, project, wheel, { metadata: content.sha256 }, now);
    return;
  }
  const modified = fields.read(lastModified);
  const date = modified === undefined ? {} : { modified: Math.min(modified, now) };
  facts.learn(keySpace, project, target, { sha256: content.sha256, size: content.length, ...date }, now);
}
