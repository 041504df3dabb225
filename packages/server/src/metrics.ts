import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { AccessLog } from "./access-log.ts";
import { type Counted, countRequests, sumOf } from "./request-counts.ts";

/** What is counted about a server, in the form of Prometheus. */
export interface Metrics {
  /** counts, then tells the access log that it was made with; give it to the listener in that one's place */
  readonly access: AccessLog;
  /** Adds a value that is read whenever the metrics are. */
  gauge(name: string, help: string, read: () => number): void;
  /** Adds what other processes count; it is asked for whenever the metrics are read. */
  alongside(read: () => Promise<readonly Counted[]>): void;
  /** All of it as text, and its media type. */
  text(): Promise<{ readonly type: string; readonly text: string }>;
}

/** Counts requests, and measures the process that it is called in. @param next the access log */
export function createMetrics(next: AccessLog | undefined): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { access, counted } = countRequests(next);
  let others: () => Promise<readonly Counted[]> = async () => [];

  return {
    access,
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    },
    alongside(read) {
      others = read;
    },
    async text() {
      const requests = sumOf([await counted(), ...(await others())]);
      return { type: registry.contentType, text: `${await registry.metrics()}\n${await requests.metrics()}` };
    },
  };
}
