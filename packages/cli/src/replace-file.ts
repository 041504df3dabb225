import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/** Puts a text in a file's place in one step, with the mode that the file had; a new file is its owner's alone. */
export function replaceFile(path: string, text: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0o600;
  const next = `${path}.${process.pid}.larder`;
  try {
    writeFileSync(next, text, { mode, flag: "wx" });
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}
