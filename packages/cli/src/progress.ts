import type { WriteStream } from "node:tty";

/** What long work tells while it goes on. */
export interface Progress {
  /** @param total may grow while more is found to be done */
  step(done: number, total: number, what: string): void;
  /** Leaves the line, if there is one. */
  end(): void;
}

const width = 24;
/** Milliseconds between two pictures of the bar. */
const often = 100;

/** A bar that moves on a terminal; elsewhere a line for each thing that was done. */
export function createProgress(output: Pick<WriteStream, "write" | "isTTY" | "columns">, now = Date.now): Progress {
  if (!output.isTTY) {
    return {
      step: (done, total, what) => void output.write(`${done}/${total} ${what}\n`),
      end: () => undefined,
    };
  }
  let drawn = 0;
  return {
    step(done, total, what) {
      if (now() - drawn < often && done < total) return;
      drawn = now();
      const full = total === 0 ? 0 : Math.round((width * done) / total);
      const line = `[${"#".repeat(full)}${"-".repeat(width - full)}] ${done}/${total} ${what}`;
      output.write(`\r\x1b[K${line.slice(0, (output.columns || 80) - 1)}`);
    },
    end: () => void output.write("\r\x1b[K"),
  };
}
