import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";
import { type AccessLog, jsonAccess, textAccess } from "./access-log.ts";
import { LineBatch } from "./line-batch.ts";
import { textLog } from "./text-log.ts";

export type { Logger };

/** `json`: one object a line. `text`: short lines for people. `none`: no access log, warnings and errors as text. */
export type LogFormat = (typeof logFormats)[number];
export const logFormats = ["json", "text", "none"] as const;

/** Where a server tells what it does. */
export interface Logs {
  readonly log: Logger;
  /** undefined where requests are not to be logged */
  readonly access: AccessLog | undefined;
  /** where lines go that another process has made */
  readonly lines: DestinationStream;
  /** Writes out what is still held back. */
  flush(): void;
}

/** Characters of log that are gathered before they are written, and how long a line may wait, in milliseconds. */
const batch = { size: 32 * 1024, wait: 250 };

/** Opens the log on standard output; a terminal (`interactive`) gets every line at once. */
export function openLogs(format: LogFormat, { interactive }: { readonly interactive: boolean }): Logs {
  const out = pino.destination({ fd: 1, sync: interactive });
  const lines = new LineBatch(out, interactive ? 1 : batch.size);
  if (!interactive) setInterval(() => lines.flush(), batch.wait).unref();
  const flush = (): void => {
    try {
      lines.flush();
      out.flushSync();
    } catch {
      // standard output is gone or not open yet: there is nobody to tell
    }
  };
  return { ...logsTo(lines, format), lines, flush };
}

/** The same on any stream of lines. */
export function logsTo(out: DestinationStream, format: LogFormat): Pick<Logs, "log" | "access"> {
  if (format === "json") {
    const log = pino({ base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: namedLevel } }, out);
    return { log, access: jsonAccess(out) };
  }
  const log = pino({ base: null, level: format === "none" ? "warn" : "info" }, textLog(out));
  return { log, access: format === "none" ? undefined : textAccess(out) };
}

const namedLevel = (level: string): { level: string } => ({ level });
