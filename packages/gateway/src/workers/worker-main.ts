import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { type Listener, type Logger, listen } from "@larder/server";
import type { ListenFault, Order, Word, WorkerOptions } from "./messages.ts";
import { OwnCopies } from "./own-copies.ts";
import { KeeperBrokeOff, passingOn } from "./pass-on.ts";
import { createReporter, type Reporter } from "./reporter.ts";
import { answeringFromCopies } from "./site.ts";

// A worker process of `larder gateway --workers N`. It does what its keeper orders; node ends it when that is gone.

/** A log without what the keeper has logged already. */
const withoutKeepers = (log: Logger): Logger =>
  Object.assign(Object.create(log), {
    error(what: { readonly err?: unknown }, message: string) {
      if (!(what.err instanceof KeeperBrokeOff)) log.error(what, message);
    },
  });

/** @returns when it is on its way */
const tell = (word: Word): Promise<void> =>
  new Promise((resolve) => void (process.connected ? process.send!(word, () => resolve()) : resolve()));

const copies = new OwnCopies((word) => void tell(word), Date.now);
setInterval(() => copies.sweep(), 1000).unref();

let running: { readonly listener: Listener; readonly reporter: Reporter; readonly keeper: string } | undefined;

async function start(options: WorkerOptions): Promise<void> {
  const reporter = createReporter(options, tell);
  try {
    const listener = await listen({
      ...options.listen,
      tls: options.tls,
      handler: answeringFromCopies(options.mounts, copies, passingOn(options.keeper), Date.now),
      log: withoutKeepers(reporter.log),
      access: reporter.access,
      mostContentBytes: options.mostContentBytes,
    });
    running = { listener, reporter, keeper: options.keeper };
    void tell({ type: "listening", url: listener.url });
  } catch (error) {
    const { message, code, address, port } = error as ListenFault;
    void tell({
      type: "failed",
      error: { message, ...(code && { code }), ...(address && { address }), ...(port && { port }) },
    });
  }
}

async function obey(order: Order): Promise<void> {
  switch (order.type) {
    case "start":
      return start(order.options);
    case "renew":
      return running?.listener.renew(order.certificate);
    case "report":
      return running?.reporter.report();
    case "lent":
    case "give-back":
      return copies.obey(order);
    case "drain":
      await running?.listener.close(order.graceMs);
      await running?.reporter.report();
      process.exit(0);
  }
}

process.on("message", obey);
// whose keeper was killed clears up for it
process.on("exit", () => {
  if (!process.connected && running !== undefined) rmSync(dirname(running.keeper), { recursive: true, force: true });
});
// a terminal's and a service manager's signals go to all: the keeper heeds them, and says when to end
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
