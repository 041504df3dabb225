import type { DestinationStream } from "pino";

/** What of a pino line a person reads. */
interface LogLine {
  readonly level: number;
  readonly msg?: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
  readonly [member: string]: unknown;
}

/** Log lines of pino as short lines for people: the message, what else is known in brackets, the stack below. */
export function textLog(out: DestinationStream): DestinationStream {
  return {
    write(json: string): void {
      const { level, time: _, msg = "", err, ...rest } = JSON.parse(json) as LogLine;
      const known = Object.entries(rest).map(([name, value]) => `${name}: ${show(value)}`);
      const word = level >= 50 ? "error: " : level >= 40 ? "warning: " : "";
      const details = known.length === 0 ? "" : ` (${known.join(", ")})`;
      const stack = err === undefined ? "" : `\n${err.stack ?? err.message ?? ""}`;
      out.write(`${word}${msg}${details}${stack}\n`);
    },
  };
}

const show = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
