// wrk, the client that measures: pinned to the second core, so that a server pinned to the first has it to itself.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, scratch } from "../conformance/process.ts";

/** Before the command of a server: it has the first core. */
export const pinned = ["taskset", "-c", "0"] as const;
/** Before the command of a server of several processes, and of the client then: they share both cores. */
export const pinnedToBoth = ["taskset", "-c", "0,1"] as const;

export interface Sample {
  readonly perSecond: number;
  readonly requests: number;
  /** milliseconds */
  readonly p99: number;
}

/** of the script of the run under way */
let file: string | undefined;

/**
 * Asks for one URL as fast as 32 connections can.
 * @param fields request fields
 * @param prefix put before its command
 * @param script Lua for wrk, where the requests differ: it defines `request`
 * @throws when it could not connect, or an answer was no success; 304 is one. Nobody may have been answered in the time.
 */
export async function wrk(
  url: string,
  fields: Readonly<Record<string, string>>,
  seconds: string,
  script?: string,
  prefix: readonly string[] = ["taskset", "-c", "1"],
): Promise<Sample> {
  const lines = Object.entries(fields).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const command = [...prefix, "wrk", "-t", "1", "-c", "32", "-d", `${seconds}s`, "--latency"];
  if (script !== undefined) {
    file ??= join(scratch("wrk"), "requests.lua");
    writeFileSync(file, script);
    command.push("-s", file);
  }
  const { output } = await run([...command, ...lines, url]);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
  const [, p99 = "", unit = ""] = /99%\s+([\d.]+)(us|ms|s)/.exec(output) ?? [];
  if (!(perSecond >= 0) || /Non-2xx|Socket errors: connect [1-9]/.test(output)) throw new Error(output);
  const requests = Number(/(\d+) requests in/.exec(output)?.[1]);
  return { perSecond, requests, p99: Number(p99) * { us: 0.001, ms: 1, s: 1000 }[unit as "us" | "ms" | "s"] };
}

/**
 * Seconds of processor time that a process and its children have used (proc(5): utime and stime, in hundredths). What
 * one request costs of it says more than requests per second where others use the machine too.
 */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  const own = (Number(fields[11]) + Number(fields[12])) / 100;
  return children.reduce((sum, child) => sum + processorSeconds(Number(child)), own);
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
