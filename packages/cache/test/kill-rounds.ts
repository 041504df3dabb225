import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const crasher = new URL("store-crasher.ts", import.meta.url).pathname;

/**
 * Lets a process work on the store in a folder and kills it, again and again; each looks first at what the one before
 * left. Ends with one that only looks.
 * @param onRound told of each round: responses that were found, and that the process before it had kept
 * @throws when something that was kept is missing or anything is not as it was put
 */
export async function killRounds(
  folder: string,
  rounds: number,
  random: () => number,
  onRound: (round: number, found: number) => void,
): Promise<void> {
  const kept = new Set<string>();
  for (let round = 0; round <= rounds; round++) {
    const last = round === rounds;
    const child = spawn(process.execPath, [crasher, folder, String(round), ...(last ? ["once"] : [])], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const found = new Set<string>();
    // by what it has done and not by the clock: however slow the machine is, something was being done
    let untilKill = 1 + Math.floor(random() * 12);
    const faults: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const space = line.indexOf(" ");
      const [word, rest] = space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
      if (word === "found") found.add(rest);
      else if (word === "kept") {
        kept.add(rest);
        if (--untilKill === 0) setTimeout(() => child.kill("SIGKILL"), random() * 20);
      } else if (word === "leaving") kept.delete(rest);
      else if (word === "fault") faults.push(rest);
      else if (word === "ready") {
        for (const id of kept) if (!found.has(id)) faults.push(`${id} was kept and is gone`);
        onRound(round, found.size);
      }
    }
    await ended;
    if (!last && child.signalCode !== "SIGKILL") faults.push(`the process ended by itself (${child.exitCode})`);
    if (faults.length > 0) throw new Error(`round ${round}: ${faults.join("; ")}`);
  }
}
