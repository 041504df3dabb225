import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Advisories, type Advisory, readAdvisory } from "@larder/formats";
import yauzl from "yauzl";

/** Reports of malicious code, read from an export. */
export interface ReadAdvisories {
  readonly byName: Advisories;
  /** names what was read: other reports have another one */
  readonly revision: string;
}

/** A report's file, as OSV's exports name it: by its id. */
const isReport = (path: string): boolean => /^MAL-[\w-]+\.json$/.test(basename(path));
/** Octets that a report may have. */
const mostReportBytes = 8 * 1024 * 1024;
const mostReports = 1_000_000;

/**
 * Reads the `MAL-` reports of an OSV export.
 * @param path of a ZIP archive, or of a folder with JSON files in it or below
 * @throws {Error} that says in a sentence what can't be read
 */
export async function readAdvisories(path: string): Promise<ReadAdvisories> {
  const byName = new Map<string, Advisory[]>();
  const hash = createHash("sha256");
  let count = 0;
  for await (const { name, bytes } of (await stat(path)).isDirectory() ? filesOf(path) : membersOf(path)) {
    if (++count > mostReports) throw new Error(`${path} has more than ${mostReports} reports.`);
    hash.update(createHash("sha256").update(bytes).digest());
    for (const [project, advisory] of readAdvisory(parse(bytes, name))) {
      const known = byName.get(project);
      if (known === undefined) byName.set(project, [advisory]);
      else known.push(advisory);
    }
  }
  if (count === 0) throw new Error(`${path} has no MAL-….json in it: it is no OSV export of malicious packages.`);
  return { byName, revision: hash.digest("base64url").slice(0, 27) };
}

interface Report {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function parse(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error(`${name} is no JSON, or cut short.`);
  }
}

async function* filesOf(folder: string): AsyncGenerator<Report> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile() && isReport(entry.name));
  for (const { parentPath, name } of paths.sort((a, b) => (a.name < b.name ? -1 : 1)))
    yield { name: join(parentPath, name), bytes: await readFile(join(parentPath, name)) };
}

async function* membersOf(path: string): AsyncGenerator<Report> {
  const zip = await yauzl.openPromise(path, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (!isReport(entry.fileName)) continue;
      if (entry.uncompressedSize > mostReportBytes)
        throw new Error(`${entry.fileName} in ${path} has more than ${mostReportBytes} octets.`);
      const chunks: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk);
      yield { name: `${entry.fileName} in ${path}`, bytes: Buffer.concat(chunks) };
    }
  } finally {
    zip.close();
  }
}

/** Names the state of an export on the disk: another text = it was maybe changed. */
export async function stateOf(path: string): Promise<string> {
  const own = await stat(path);
  if (!own.isDirectory()) return `${own.mtimeMs} ${own.size}`;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && isReport(entry.name));
  const times = await Promise.all(files.map(({ parentPath, name }) => stat(join(parentPath, name))));
  return `${files.length} ${times.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0)}`;
}
