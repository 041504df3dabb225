import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

export const program = fileURLToPath(new URL("../bin/larder.js", import.meta.url));
/** Of this test file; gone when it ends. */
export const folder = mkdtempSync(join(tmpdir(), "larder-cli-"));
const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** A `larder` process: what it has written so far, and how it ends. */
export function larder(...args: readonly string[]) {
  // a machine without uv and pip, so that no test depends on this one's
  const env = { PATH: join(folder, "no-programs"), HOME: folder, LANG: "C" };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said.err += text));
  const ended = once(child, "close").then(([code]) => {
    running.delete(child);
    return { code: code as number | null, ...said };
  });
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
