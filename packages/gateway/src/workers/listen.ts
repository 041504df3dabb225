import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Certificate,
  ConfigFault,
  type Counted,
  type Handler,
  type Listener,
  type Logs,
  listen,
} from "@larder/server";
import type { GatewayConfig } from "../config.ts";
import type { Mount } from "../mount.ts";
import { Crew } from "./crew.ts";
import type { Lender } from "./lender.ts";
import { answeringWorkers } from "./passed-on.ts";
import { mostHeadBytes } from "./private-fields.ts";
import { optionsOf } from "./site.ts";

/** A listener whose connections other processes have. */
export interface WorkersListener extends Listener {
  /** What they have counted. */
  counted(): Promise<readonly Counted[]>;
}

/**
 * As `listen`, but worker processes have the connections: they pass requests on to the handler, which stays here, over a
 * socket in a folder that only this user may enter.
 * @throws {Error} of node:net, when the address can't be listened on
 * @throws {ConfigFault} when there is no place for that socket
 */
export async function listenWithWorkers(
  config: GatewayConfig,
  tls: Certificate | undefined,
  { handler, mounts, lender }: { handler: Handler; mounts: readonly Mount[]; lender: Lender },
  logs: Logs,
): Promise<WorkersListener> {
  // the system takes some 100 octets (unix(7)), of which the folder's name and the file's are 30
  if (Buffer.byteLength(tmpdir()) > 70)
    throw new ConfigFault(`workers: the path ${tmpdir()} is too long for a socket; set TMPDIR to a shorter one`);
  // mkdtemp makes it with mode 0700; a data folder's path may be longer than a socket's may be
  const folder = mkdtempSync(join(tmpdir(), "larder-workers-"));
  const clear = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", clear);
  const file = join(folder, "keeper");
  const own = await listen({ file, handler: answeringWorkers(handler), log: logs.log, mostHeadBytes });
  const told = optionsOf(mounts);
  const crew = new Crew(
    () => ({
      listen: config.listen,
      tls,
      mostContentBytes: config.maxRequestBytes,
      keeper: file,
      mounts: told,
      log: config.log,
      counts: config.admin !== undefined,
    }),
    lender,
    logs.log,
    (lines) => logs.lines.write(lines),
  );
  const close = async (graceMs: number) => {
    await crew.close(graceMs);
    await own.close(0);
    clear();
    process.off("exit", clear);
  };
  try {
    const url = await crew.start(config.workers);
    return {
      url,
      renew(certificate) {
        tls = certificate;
        crew.tell({ type: "renew", certificate });
      },
      close,
      counted: () => crew.counted(),
    };
  } catch (error) {
    await close(0);
    throw error;
  }
}
