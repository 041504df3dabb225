import { AggregatorRegistry, Counter, Histogram, Registry } from "prom-client";
import type { AccessLog } from "./access-log.ts";

/** What one process has counted, as values that go from one process to another. */
export type Counted = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** Requests as they are counted. */
export interface RequestCounts {
  /** counts, then tells the access log that it was made with; give it to the listener in that one's place */
  readonly access: AccessLog;
  /** What was counted from the start until now. */
  counted(): Promise<Counted>;
}

/** Requests that have mount, status and cache result in common. */
interface Row {
  readonly labels: { readonly mount: string; readonly status: string; readonly cache: string };
  requests: number;
  bytes: number;
}

/** Seconds: a hit is far below a millisecond, a download may take minutes. */
const buckets = [0.0001, 0.0005, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300];

/** Counts requests; cheaply, because every hit is one. What Prometheus reads is made when it asks. */
export function countRequests(next: AccessLog | undefined): RequestCounts {
  const registry = new Registry();
  const rows = new Map<string, Row>();
  const labelNames = ["mount", "status", "cache"];
  const counter = (name: string, help: string, value: (row: Row) => number): void => {
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const row of rows.values()) this.inc(row.labels, value(row));
      },
    });
  };
  counter("larder_requests_total", "Answered requests", ({ requests }) => requests);
  counter("larder_response_content_bytes_total", "Octets of content sent to clients", ({ bytes }) => bytes);
  const upstreams = new Counter({
    name: "larder_upstream_answers_total",
    help: "Answers by where their content came from, of mounts with several upstreams",
    labelNames: ["mount", "upstream"],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: "larder_request_duration_seconds",
    help: "From a request's head to the end of its answer",
    buckets,
    registers: [registry],
  });

  return {
    access(request, outgoing, end) {
      const mount = textOf(outgoing.log?.mount);
      const cache = cacheResult(textOf(outgoing.log?.cache));
      const key = `${mount} ${outgoing.status} ${cache}`;
      let row = rows.get(key);
      if (row === undefined) {
        row = { labels: { mount, status: String(outgoing.status), cache }, requests: 0, bytes: 0 };
        rows.set(key, row);
      }
      row.requests++;
      row.bytes += end.bytes;
      const upstream = textOf(outgoing.log?.upstream);
      if (upstream !== "") upstreams.inc({ mount, upstream });
      seconds.observe((performance.now() - request.started) / 1000);
      next?.(request, outgoing, end);
    },
    counted: () => registry.getMetricsAsJSON(),
  };
}

/** The sum of what several processes have counted. */
export const sumOf = (all: readonly Counted[]): Registry => AggregatorRegistry.aggregate([...all]);

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** What a Cache-Status value (RFC 9211 §2) says first: `hit`, or why not: `stale`, `uri-miss`, …; there are few. */
function cacheResult(cacheStatus: string): string {
  const start = cacheStatus.indexOf("; ") + 2;
  if (start === 1) return "";
  const end = cacheStatus.indexOf(";", start);
  const first = end < 0 ? cacheStatus.slice(start) : cacheStatus.slice(start, end);
  return first.startsWith("fwd=") ? first.slice(4) : first;
}
