import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

export const program = fileURLToPath(new URL("../bin/larder.js", import.meta.url));

/** A new folder that is gone after the tests of this file. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "larder-cli-"));
  after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** How a program ended, and what it wrote. */
interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts `larder` in that folder, on a machine with no programs but those of `path`; what it has written so far. */
export function startLarder(cwd: string, args: readonly string[], path = join(cwd, "none")) {
  const env = { PATH: path, HOME: cwd, LANG: "C", TMPDIR: cwd };
  const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said.err += text));
  const ended: Promise<Ended> = once(child, "close").then(([code]) => ({ code, ...said }));
  return { child, said, ended };
}

/** Runs `larder` to its end. */
export const runLarder = (...how: Parameters<typeof startLarder>): Promise<Ended> => startLarder(...how).ended;

/** A server on loopback until the tests of this file are over. @returns its URL, without a slash at its end */
export async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
