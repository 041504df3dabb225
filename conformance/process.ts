// Programs that a conformance run or a benchmark starts: run one to its end, or keep a server until it is stopped.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The checkout that this file is part of. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

interface Options {
  readonly cwd?: string;
  /** the whole environment; left out = this process's own */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Finished {
  /** exit status; null when a signal ended it */
  readonly status: number | null;
  /** what it wrote to standard output */
  readonly stdout: string;
  /** what it wrote to standard output and standard error, in the order it came */
  readonly output: string;
  readonly seconds: number;
}

const living = new Set<ChildProcess>();
const scratched: string[] = [];
process.on("exit", () => {
  for (const child of living) child.kill("SIGKILL");
  for (const folder of scratched) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));

/** A new empty folder, gone when this process ends. */
export function scratch(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `larder-${name}-`));
  scratched.push(folder);
  return folder;
}

/** Runs a program to its end, at most `seconds` long; never throws because of how it ended. */
export async function run(
  command: readonly string[],
  options: Options & { readonly seconds?: number; readonly input?: string } = {},
): Promise<Finished> {
  const started = performance.now();
  const child = spawn(command[0]!, command.slice(1), { cwd: options.cwd ?? root, env: options.env ?? process.env });
  living.add(child);
  const chunks = { stdout: "", output: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    chunks.stdout += text;
    chunks.output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    chunks.output += text;
  });
  child.stdin.on("error", () => {}); // a program that ends before it has read its input is no fault of ours
  child.stdin.end(options.input ?? "");
  const timer = setTimeout(() => child.kill("SIGKILL"), (options.seconds ?? 120) * 1000);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  }).finally(() => {
    clearTimeout(timer);
    living.delete(child);
  });
  return { status, ...chunks, seconds: (performance.now() - started) / 1000 };
}

export interface Running {
  readonly pid: number;
  /** all that it has written so far */
  output(): string;
  /** Sends the signal (default SIGTERM), waits for the end, and kills it after ten seconds. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a server and waits until it answers anything at all at `url`.
 * @throws when it ends before that, or does not answer within 20 seconds; the message holds what it wrote
 */
export async function start(command: readonly string[], url: string, options: Options = {}): Promise<Running> {
  // into a file: a server that writes a lot costs nobody else's time
  const file = join(scratch("output"), "output");
  const fd = openSync(file, "a");
  const child = spawn(command[0]!, command.slice(1), {
    cwd: options.cwd ?? root,
    env: options.env ?? process.env,
    stdio: ["ignore", fd, fd],
  });
  closeSync(fd);
  living.add(child);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (status, signal) => resolve(`it ended with ${signal ?? status}`));
  }).finally(() => living.delete(child));
  const running: Running = {
    pid: child.pid ?? 0,
    output: () => readFileSync(file, "utf8"),
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(patience);
    },
  };
  const trouble = await Promise.race([ended, answers(url, 20)]);
  if (trouble === undefined) return running;
  await running.stop("SIGKILL");
  throw new Error(`${command.join(" ")}\n${trouble}; it wrote:\n${running.output()}`);
}

/** Waits until something speaks HTTP there; the result says what was wrong when nothing did. */
async function answers(url: string, seconds: number): Promise<string | undefined> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    try {
      await (await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5000) })).body?.cancel();
      return undefined;
    } catch (error) {
      if (Date.now() > until) return `no answer at ${url} within ${seconds} s (${error})`;
    }
    await delay(50);
  }
}

const ports = { first: 21_400, count: 100 };
let lastPort = ports.first + (process.pid % ports.count);
/** Of the ports that were given out last: a program that was started with one has listened long before ten others have. */
const claims: Server[] = [];

/** Listens on a port of loopback; undefined where somebody else does. */
const listenOn = (port: number) =>
  new Promise<Server | undefined>((resolve) => {
    const server = createServer()
      .once("error", () => resolve(undefined))
      .listen(port, "127.0.0.1", () => resolve(server.unref()));
  });

/**
 * A port on loopback that nobody listens on just now, from 21400-21499. The port a hundred above stays taken for a
 * while, so that another run that looks for one meanwhile passes it over.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < ports.count; tries++) {
    lastPort = ports.first + ((lastPort + 1 - ports.first) % ports.count);
    const port = lastPort;
    const claim = await listenOn(port + ports.count);
    const probe = claim && (await listenOn(port));
    if (probe === undefined) {
      claim?.close();
      continue;
    }
    await new Promise((resolve) => probe.close(resolve));
    claims.push(claim!);
    if (claims.length > 10) claims.shift()!.close();
    return port;
  }
  throw new Error("no free port in 21400-21499; which program holds them? (ss -ltnp)");
}

const bin = join(root, "node_modules/.bin");
/** The command line that runs `larder` from this checkout with the pinned node, as npm runs it. */
export const larder = ["env", `PATH=${bin}:${process.env.PATH}`, join(bin, "larder")] as const;

export interface Gateway extends Running {
  /** without a slash at its end */
  readonly url: string;
}

export interface GatewayOptions {
  /** PREFIX=FORMAT:WHAT */
  readonly mounts: readonly string[];
  /** its data folder; left out = a new one */
  readonly data?: string;
  /** left out = a free one */
  readonly port?: number;
  /** further arguments */
  readonly args?: readonly string[];
  /** put before the command, `taskset -c 0` for example */
  readonly prefix?: readonly string[];
}

/** Starts `larder gateway` on loopback and waits until it answers. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const mounts = options.mounts.flatMap((mount) => ["--mount", mount]);
  const where = ["--listen", `127.0.0.1:${port}`, "--data", options.data ?? scratch("data")];
  const command = [...(options.prefix ?? []), ...larder, "gateway", ...where, ...mounts, ...(options.args ?? [])];
  return { ...(await start(command, url)), url };
}

/** Forgets a process's memory peak, so that the next one counts from what it holds now. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Resident memory of a process in octets: now, and at its peak. */
export function residentMemory(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const octets = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
  return { now: octets("VmRSS"), peak: octets("VmHWM") };
}
