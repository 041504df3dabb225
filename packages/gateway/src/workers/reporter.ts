import { countRequests, LineBatch, type Logs, logsTo } from "@larder/server";
import type { Word, WorkerOptions } from "./messages.ts";

/** Milliseconds that what a worker has logged and counted stays with it. */
const reportEvery = 100;

/** What a worker logs and counts, on its way to the keeper, which writes it and adds it up. */
export interface Reporter extends Pick<Logs, "log" | "access"> {
  /** Tells the keeper all there is. */
  report(): Promise<void>;
}

/** Gathers, and reports several times a second where there is something to say. */
export function createReporter({ log: format, counts }: WorkerOptions, tell: (word: Word) => Promise<void>): Reporter {
  const say = (lines: string) => void tell({ type: "report", lines, counted: undefined });
  const lines = new LineBatch({ write: say }, 32 * 1024);
  const logs = logsTo(lines, format);
  const requests = counts ? countRequests(logs.access) : undefined;
  let isCounted = true;
  const access: Logs["access"] = requests
    ? (...told) => {
        isCounted = false;
        requests.access(...told);
      }
    : logs.access;
  const report = async (): Promise<void> => {
    lines.flush();
    isCounted = true;
    await tell({ type: "report", lines: "", counted: await requests?.counted() });
  };
  setInterval(() => {
    if (isCounted) lines.flush();
    else void report();
  }, reportEvery).unref();
  return { log: logs.log, access, report };
}
