/** A URL in a lock file that leads to an index, or to a file that an index links. */
export interface LockUrl {
  /** where it stands in the text, in UTF-16 units: its first, and the one after its last; quotes are outside */
  readonly start: number;
  readonly end: number;
  readonly url: string;
  /** `file`: of a package that came from an index; `direct`: of one that was asked for by this very URL */
  readonly role: "index" | "file" | "direct";
  /** normalised; of files, where it is known */
  readonly project?: string;
  /** the index that the file came from, as it is written; undefined = the lock file doesn't say */
  readonly index?: string;
}

/** A package that a lock file wants from an index. */
export interface LockedProject {
  /** normalised */
  readonly project: string;
  /** PEP 440, such as `==1.0`; empty = any version */
  readonly specifier: string;
  /** names of the files that are locked; empty = the lock file doesn't name them */
  readonly files: readonly string[];
  /** `algorithm:hexadecimal` of the files that are allowed; empty = not said, or the files are named */
  readonly hashes: readonly string[];
}

/** A package that comes from elsewhere than an index, such as `git` or a URL. */
export interface LockedElsewhere {
  readonly name: string;
  readonly from: string;
}

/** What a lock file, or a list of requirements, says about indexes. */
export interface LockFile {
  /** in the order of the text */
  readonly urls: readonly LockUrl[];
  readonly projects: readonly LockedProject[];
  readonly elsewhere: readonly LockedElsewhere[];
  /** further files that belong to it, as they are written there (pip's `-r`) */
  readonly includes: readonly string[];
}

/** A lock file, or one sentence on why it is none that can be read. */
export type LockResult = { readonly lock: LockFile } | { readonly fault: string };

/** Only http(s) leads to an index; lock files name folders and repositories in the same places. */
export const isHttp = (url: string | undefined): url is string => /^https?:\/\//i.test(url ?? "");

/** The name of the file that a URL, or a path, leads to. */
export function fileName(url: string): string {
  const name = url.replace(/[?#].*$/, "").replace(/^.*[/\\]/, "");
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
