import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Milliseconds in which signals count as one: npm passes on a Ctrl-C that the terminal has sent to all already. */
const together = 500;

/**
 * Waits until the process is told to stop, then closes what runs. A second signal ends the process at once, with the
 * exit code that a shell gives to one that a signal ended.
 * @param close lets what runs finish, in a time of its own choice
 * @param told called with the signal's name when the first one comes
 */
export async function untilStopped(close: () => Promise<void>, told: (signal: string) => void): Promise<void> {
  const first = await new Promise<string>((resolve) => {
    let stopping = Number.POSITIVE_INFINITY;
    for (const signal of signals) {
      process.on(signal, () => {
        if (performance.now() - stopping > together) process.exit(128 + constants.signals[signal]);
        stopping = Math.min(stopping, performance.now());
        resolve(signal);
      });
    }
  });
  told(first);
  await close();
}
