import { fileName, type LockResult } from "./lock.ts";
import { readRequirements } from "./requirements.ts";
import { readTomlLock, tomlLocks } from "./toml-locks.ts";

/** Which files are what, by their names; a new kind is a line here. */
const kinds: readonly (readonly [name: RegExp, read: (text: string) => LockResult])[] = [
  [/^uv\.lock$|\.uv\.lock$/, (text) => readTomlLock(text, tomlLocks.uv)],
  [/^pylock(?:\.[^.]+)?\.toml$/, (text) => readTomlLock(text, tomlLocks.pylock)],
  [/^poetry\.lock$/, (text) => readTomlLock(text, tomlLocks.poetry)],
  [/\.(?:txt|in)$/, readRequirements],
];

/**
 * Reads a lock file, or a list of requirements.
 * @param path its name says what it is
 * @returns what it says about indexes, or one sentence on why it can't be read
 */
export function readLock(path: string, text: string): LockResult {
  const name = fileName(path);
  const kind = kinds.find(([pattern]) => pattern.test(name));
  if (kind !== undefined) return kind[1](text);
  return { fault: "It is none of uv.lock, pylock.toml, pylock.NAME.toml, poetry.lock and NAME.txt (PEP 751, pip)." };
}
