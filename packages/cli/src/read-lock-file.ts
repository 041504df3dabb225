import { readFileSync } from "node:fs";
import { type LockFile, readLock } from "@larder/formats";
import { ConfigFault } from "@larder/server";

/**
 * Reads a lock file, or a list of requirements.
 * @returns its text and what it says
 * @throws {ConfigFault} when it can't be read
 */
export function readLockFile(path: string): { readonly text: string; readonly lock: LockFile } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigFault(`${path} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const read = readLock(path, text);
  if ("fault" in read) throw new ConfigFault(`${path}: ${read.fault}`);
  return { text, lock: read.lock };
}
