import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM"] as const;

/**
 * Waits until the process is told to stop, then closes what runs. A second signal ends the process at once, with the
 * exit code that a shell gives to one that a signal ended.
 * @param close lets what runs finish, in a time of its own choice
 * @param told called with the signal's name when the first one comes
 */
export async function untilStopped(close: () => Promise<void>, told: (signal: string) => void): Promise<void> {
  const first = await new Promise<string>((resolve) => {
    let stopping = false;
    for (const signal of signals) {
      process.on(signal, () => {
        if (stopping) process.exit(128 + constants.signals[signal]);
        stopping = true;
        resolve(signal);
      });
    }
  });
  told(first);
  await close();
}
