import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { after } from "node:test";
import { folder as newFolder, startLarder } from "./program.ts";

const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill("SIGKILL");
});
/** Of this test file; gone when it ends. */
export const folder = newFolder();

/** A `larder` process that goes on until it is told to stop, at the latest when the tests of this file are over. */
export function larder(...args: readonly string[]) {
  const { child, said, ended } = startLarder(folder, args);
  running.add(child);
  void ended.then(() => running.delete(child));
  /** Waits until standard error matches; fails when the process ends first. */
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const match = pattern.exec(said.err);
      if (match !== null) return match;
      if (child.exitCode !== null) throw new Error(`it ended: ${said.err}`);
      await Promise.race([once(child.stderr, "data"), ended]);
    }
  };
  return { child, said, ended, says };
}
