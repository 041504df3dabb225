import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Order, Word, WorkerOptions } from "./messages.ts";

/** One worker process, as its keeper knows it. */
export class Member {
  readonly pid: number;
  /** how it ended, in words; its connections and what it held are gone then */
  readonly ended: Promise<string>;
  /** when it has begun, `performance.now()` */
  readonly since = performance.now();
  readonly #worker: Worker;

  /** @param onWord told of all that it says but the first, whether it listens */
  constructor(options: WorkerOptions, onWord: (word: Word) => void) {
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({
      exec: fileURLToPath(new URL("./worker-main.ts", import.meta.url)),
      args: [],
      // as `larder` itself sets them (bin/larder.js)
      execArgv: [...process.execArgv, "--heap-growing-percent=100"],
      serialization: "advanced",
    });
    this.#worker = cluster.fork();
    this.pid = this.#worker.process.pid!;
    this.#worker.on("message", onWord);
    // a channel that breaks is the process's end, of which `ended` tells
    this.#worker.on("error", () => undefined);
    this.ended = once(this.#worker, "exit").then(([code, signal]) => (signal ? `by ${signal}` : `with ${code}`));
    this.tell({ type: "start", options });
  }

  /** Sends an order; one that is gone gets none. */
  tell(order: Order): void {
    if (this.#worker.isConnected()) this.#worker.send(order, () => undefined);
  }

  /** Ends it at once, also where it is stopped. */
  kill(): void {
    this.#worker.process.kill("SIGKILL");
  }
}
