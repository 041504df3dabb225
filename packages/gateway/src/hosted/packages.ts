import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Content } from "@larder/cache";
import type { Timestamp } from "@larder/core";
import { type Distribution, normalizeVersion } from "@larder/formats";
import type { ArrivingFile, Contents, Digested } from "./contents.ts";
import { inTransaction, statementsOf } from "./database.ts";

/** A file of a hosted project. */
export interface HostedFile {
  readonly project: string;
  readonly filename: string;
  /** in its normal form (PEP 440) */
  readonly version: string;
  readonly sha256: string;
  /** octets */
  readonly size: number;
  readonly uploaded: Timestamp;
  /** the id of the token that it came with */
  readonly uploader: string;
  readonly requiresPython?: string;
  /** SHA-256 of its core metadata, where they are offered */
  readonly metadata?: string;
  /** a string = the reason (PEP 592) */
  readonly yanked: boolean | string;
  /** when it was deleted: then only the trace is left */
  readonly deleted?: Timestamp;
}

/** A file whose every claim was checked, to be added. */
export interface NewFile extends Pick<Distribution, "project" | "version" | "key" | "requiresPython"> {
  readonly filename: string;
  readonly file: ArrivingFile;
  readonly digested: Digested;
  /** core metadata to offer (PEP 658) */
  readonly metadata?: { readonly bytes: Uint8Array; readonly sha256: string };
  readonly uploader: string;
}

/** What came of adding a file; `taken` by what has, or had, its name in some spelling. */
export type Added = { readonly type: "added" | "same" } | { readonly type: "taken"; readonly by: HostedFile };

type Row = Readonly<Record<string, SQLOutputValue>>;

const columns =
  "project, filename, version, sha256, size, uploaded, uploader, requires_python, metadata_sha256, yanked, deleted";

/** The packages of hosted mounts, each mount's apart by its prefix (`space`). Several processes may change them at once. */
export class Packages {
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof statementsOf>;
  readonly #contents: Contents;

  constructor(database: DatabaseSync, contents: Contents) {
    this.#database = database;
    this.#sql = statementsOf(database);
    this.#contents = contents;
  }

  /** Since when a project's page has been what it is; each change moves it by at least a second. undefined = never had one */
  since(space: string, project: string): Timestamp | undefined {
    const row = this.#sql("SELECT since FROM projects WHERE space = ? AND name = ?").get(space, project);
    return row?.since as number | undefined;
  }

  /** Names of projects that have, or had, files; sorted. */
  projects(space: string): readonly string[] {
    const rows = this.#sql("SELECT name FROM projects WHERE space = ? ORDER BY name").all(space);
    return rows.map(({ name }) => String(name));
  }

  /** The mounts that have packages, by their prefix. */
  spaces(): readonly string[] {
    const rows = this.#sql("SELECT DISTINCT space FROM projects ORDER BY space").all();
    return rows.map(({ space }) => String(space));
  }

  /** A project's files, deleted ones too, in the order of their upload. */
  files(space: string, project: string): readonly HostedFile[] {
    const sql = `SELECT ${columns} FROM files WHERE space = ? AND project = ? ORDER BY uploaded, filename`;
    return this.#sql(sql).all(space, project).map(fileOf);
  }

  file(space: string, project: string, filename: string): HostedFile | undefined {
    const sql = `SELECT ${columns} FROM files WHERE space = ? AND project = ? AND filename = ?`;
    const row = this.#sql(sql).get(space, project, filename);
    return row === undefined ? undefined : fileOf(row);
  }

  content({ sha256, size }: HostedFile): Content {
    return this.#contents.content(sha256, size);
  }

  /** The core metadata of a file that offers them. */
  metadata(space: string, { project, filename }: HostedFile): Uint8Array {
    const sql = "SELECT metadata FROM files WHERE space = ? AND project = ? AND filename = ?";
    return this.#sql(sql).get(space, project, filename)!.metadata as Uint8Array;
  }

  /**
   * Adds a file, or finds that it is there already. A name once used is never used for other content, nor again after
   * it was deleted. A file that joins a version of which all files are yanked is yanked with them.
   */
  add(space: string, added: NewFile, now: Timestamp): Added {
    const { project, version, key, filename, digested, metadata } = added;
    return inTransaction(this.#database, () => {
      const taken = `SELECT ${columns} FROM files WHERE space = ? AND project = ? AND key = ?`;
      const row = this.#sql(taken).get(space, project, key);
      const by = row && fileOf(row);
      if (by !== undefined) {
        const same = by.deleted === undefined && by.filename === filename && by.sha256 === digested.sha256;
        return same ? { type: "same" } : { type: "taken", by };
      }
      const release = this.files(space, project).filter(
        (file) => file.version === version && file.deleted === undefined,
      );
      const yanked = release.length > 0 && release.every((file) => file.yanked !== false) ? release[0]!.yanked : false;
      this.#contents.keep(added.file, digested.sha256);
      const values = [space, project, key, filename, version, digested.sha256, digested.size, now, added.uploader];
      const more = [added.requiresPython ?? null, metadata?.bytes ?? null, metadata?.sha256 ?? null, yankText(yanked)];
      this.#sql("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)").run(...values, ...more);
      this.#touch(space, project, now);
      return { type: "added" };
    });
  }

  /**
   * Yanks files, or takes that back (PEP 592).
   * @param what a file's name, or a version: all its files
   * @returns the files that are meant; none where there is nothing of that name
   */
  yank(space: string, project: string, what: string, yanked: boolean | string, now: Timestamp): readonly HostedFile[] {
    return this.#change(space, project, what, now, ({ filename }) => {
      const sql = "UPDATE files SET yanked = ? WHERE space = ? AND project = ? AND filename = ?";
      this.#sql(sql).run(yankText(yanked), space, project, filename);
    });
  }

  /** Deletes files for good; the trace keeps their names from being used again. @param what as with `yank` */
  delete(space: string, project: string, what: string, now: Timestamp): readonly HostedFile[] {
    const deleted = this.#change(space, project, what, now, ({ filename }) => {
      const sql = `UPDATE files SET deleted = ?, metadata = NULL, metadata_sha256 = NULL
                   WHERE space = ? AND project = ? AND filename = ?`;
      this.#sql(sql).run(now, space, project, filename);
    });
    // again alone: an upload of the same content may have come between
    inTransaction(this.#database, () => {
      for (const { sha256 } of deleted) if (!this.hasContent(sha256)) this.#contents.remove(sha256);
    });
    return deleted;
  }

  /** Whether some file that is not deleted has this content. */
  hasContent(sha256: string): boolean {
    const sql = "SELECT 1 FROM files WHERE sha256 = ? AND deleted IS NULL LIMIT 1";
    return this.#sql(sql).get(sha256) !== undefined;
  }

  #change(space: string, project: string, what: string, now: Timestamp, act: (file: HostedFile) => void) {
    return inTransaction(this.#database, () => {
      const meant = this.files(space, project).filter(
        (file) => file.deleted === undefined && (file.filename === what || file.version === normalizeVersion(what)),
      );
      for (const file of meant) act(file);
      if (meant.length > 0) this.#touch(space, project, now);
      return meant;
    });
  }

  #touch(space: string, project: string, now: Timestamp): void {
    const since = Math.ceil(Math.max(now, (this.since(space, project) ?? Number.NEGATIVE_INFINITY) + 1000));
    this.#sql("INSERT OR REPLACE INTO projects VALUES (?, ?, ?)").run(space, project, since);
  }
}

const yankText = (yanked: boolean | string) => (yanked === false ? null : yanked === true ? "" : yanked);

function fileOf(row: Row): HostedFile {
  const { yanked, deleted, requires_python: requiresPython, metadata_sha256: metadata } = row;
  return {
    project: String(row.project),
    filename: String(row.filename),
    version: String(row.version),
    sha256: String(row.sha256),
    size: Number(row.size),
    uploaded: Number(row.uploaded),
    uploader: String(row.uploader),
    yanked: yanked === null ? false : String(yanked) || true,
    ...(requiresPython !== null && { requiresPython: String(requiresPython) }),
    ...(metadata !== null && { metadata: String(metadata) }),
    ...(deleted !== null && { deleted: Number(deleted) }),
  };
}
