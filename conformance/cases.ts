// Cases of a conformance run that are told by name: what each says is wrong is printed, the others go on.
import type { Finished } from "./process.ts";

const faults: string[] = [];

/** Notes what is wrong in the case that is playing, which goes on. */
export function expect(what: string, holds: boolean): void {
  if (!holds) faults.push(what);
}

/** A program that must have ended well. @throws {Error} with the end of what it printed */
export function well({ status, output }: Finished): void {
  if (status !== 0) throw new Error(`it ended with ${status}:\n${output.slice(-3000)}`);
}

/**
 * Plays the cases whose names have this text in them, one after the other, and says how each ended.
 * @returns how many had something wrong
 */
export async function playCases(cases: Readonly<Record<string, () => Promise<void>>>, only: string): Promise<number> {
  let failed = 0;
  for (const [name, play] of Object.entries(cases).filter(([name]) => name.includes(only))) {
    faults.length = 0;
    const started = performance.now();
    await play().catch((error: Error) => faults.push(error.stack ?? error.message));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const told = faults.map((fault) => `\n  ${fault}`).join("");
    console.log(`${faults.length === 0 ? "ok   " : "FAULT"} ${name} (${seconds} s)${told}`);
    if (faults.length > 0) failed++;
  }
  return failed;
}
