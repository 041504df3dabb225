import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM"] as const;

/**
 * Waits until the process is told to stop, then closes what runs: the first signal lets it finish, a second one ends
 * it at once.
 * @param close stops within so many milliseconds; called a second time with 0 by a second signal
 * @param graceMs how long what runs may take to finish
 * @param told called with the signal's name when the first one comes
 */
export async function untilStopped(
  close: (graceMs: number) => Promise<void>,
  graceMs: number,
  told: (signal: string) => void,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let stopping = false;
    const stop = (signal: (typeof signals)[number]): void => {
      if (stopping) {
        close(0).then(() => process.exit(128 + constants.signals[signal]), reject);
        return;
      }
      stopping = true;
      told(signal);
      close(graceMs).then(resolve, reject);
    };
    for (const signal of signals) process.on(signal, stop);
  });
}
