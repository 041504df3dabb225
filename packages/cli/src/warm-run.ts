import { type LockedProject, type Missing, type ProjectFile, wantedFiles } from "@larder/formats";
import { detailOf, unreachable } from "./ask-gateway.ts";
import { gatewayPage } from "./gateway-page.ts";
import type { Progress } from "./progress.ts";

/** What is to be warmed, and how. */
interface WarmOptions {
  /** URL of the mount */
  readonly mount: string;
  readonly wanted: readonly LockedProject[];
  /** whether a file of this name is wanted at all */
  readonly isWanted: (filename: string) => boolean;
  /** requests at once */
  readonly concurrency: number;
  readonly progress: Progress;
}

/** What came of it. */
export interface Warmed {
  /** files, metadata included, that the gateway did not keep before */
  readonly fetched: number;
  /** files that it kept already */
  readonly stored: number;
  /** octets that were fetched */
  readonly bytes: number;
  /** what is not kept */
  readonly missing: readonly Missing[];
}

/** Asks a gateway for the pages and files of what lock files want, so that it keeps them. */
export async function warm({ mount, wanted, isWanted, concurrency, progress }: WarmOptions): Promise<Warmed> {
  const warmed = { fetched: 0, stored: 0, bytes: 0, missing: [] as Missing[] };
  let done = 0;
  const files = new Map<string, string>();

  const byProject = Map.groupBy(wanted, ({ project }) => project);
  await inTurns([...byProject], concurrency, async ([project, wants]) => {
    const had = await gatewayPage(mount, project);
    progress.step(++done, byProject.size, `page of ${project}`);
    if ("fault" in had) {
      warmed.missing.push({ what: project, because: had.fault });
      return;
    }
    for (const want of wants) {
      const found = wantedFiles(had.page, want);
      const chosen = found.files.filter(({ filename }) => isWanted(filename));
      const missing = found.missing.filter(({ what }) => want.files.length === 0 || isWanted(what));
      warmed.missing.push(...missing);
      if (chosen.length === 0 && missing.length === 0)
        warmed.missing.push({ what: project, because: "none of its files matches --only" });
      for (const file of chosen) for (const [url, name] of partsOf(file)) files.set(url, name);
    }
  });

  done = 0;
  await inTurns([...files], concurrency, async ([url, name]) => {
    const had = await fetchOnce(url);
    progress.step(++done, files.size, had.type === "stored" ? `${name} was there` : name);
    if (had.type === "missing") warmed.missing.push({ what: name, because: had.because });
    else warmed[had.type]++;
    if (had.type === "fetched") warmed.bytes += had.bytes;
  });
  return { ...warmed, missing: warmed.missing.sort((a, b) => (a.what < b.what ? -1 : 1)) };
}

/** A file, and its core metadata where the page offers any: what a resolver reads in place of it (PEP 658). */
function* partsOf({ url, filename, coreMetadata }: ProjectFile): Generator<[url: string, name: string]> {
  yield [url, filename];
  if (coreMetadata) yield [`${url}.metadata`, `${filename}.metadata`];
}

type Had =
  | { readonly type: "stored" }
  | { readonly type: "fetched"; readonly bytes: number }
  | { readonly type: "missing"; readonly because: string };

/** Has a gateway fetch a file, unless it keeps it; Cache-Status (RFC 9211) says which of both it was. */
async function fetchOnce(url: string): Promise<Had> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { "accept-encoding": "identity" } });
  } catch (error) {
    return { type: "missing", because: unreachable(url, error) };
  }
  const status = response.headers.get("cache-status") ?? "";
  let bytes = 0;
  try {
    if (response.status !== 200) return { type: "missing", because: detailOf(response, await response.text()) };
    if (/; *hit\b/.test(status)) {
      await response.body?.cancel();
      return { type: "stored" };
    }
    for await (const chunk of response.body ?? []) bytes += chunk.length;
  } catch {
    return { type: "missing", because: `it broke off after ${bytes} octets; the gateway's log says why` };
  }
  if (/; *(?:stored|collapsed)\b/.test(status)) return { type: "fetched", bytes };
  return { type: "missing", because: `the gateway passed it on without keeping it (Cache-Status: ${status})` };
}

/** Does all of it, so many at once. */
async function inTurns<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const worker = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker));
}
