import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { Agent, request } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";

/** An answer, read to its end. */
export interface Answered {
  readonly status: number;
  /** Cache-Status */
  readonly said: string;
  readonly content: string;
}

/** One connection of a client, that stays open. */
export class Connection {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #socket: Socket | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** The client's port; undefined before the first request. */
  get port(): number | undefined {
    return this.#socket?.localPort;
  }

  /** @throws when the connection breaks, or another one would have been made for this request */
  async ask(path: string, method = "GET", fields: Readonly<Record<string, string>> = {}): Promise<Answered> {
    const asked = request(this.#url + path, { agent: this.#agent, method, headers: fields });
    const response = await new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
      asked.on("response", resolve).on("error", reject);
      asked.on("socket", (socket) => {
        if (this.#socket !== undefined && socket !== this.#socket) asked.destroy(new Error("the connection has ended"));
        else this.#socket = socket;
      });
      asked.end();
    });
    const said = String(response.headers["cache-status"] ?? "");
    return { status: response.statusCode!, said, content: await text(response) };
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The processes that a process has started. */
export const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);

/** Whether there is such a process, and it is no zombie. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** A connection to each of a gateway's workers, by their process ids. @throws when one of them takes none */
export async function connectToAll(gateway: { url: string; pid: number }): Promise<Map<number, Connection>> {
  const found = new Map<number, Connection>();
  const workers = childrenOf(gateway.pid);
  const others: Connection[] = [];
  for (let tries = 0; tries < 40 && found.size < workers.length; tries++) {
    // many at once: all workers are wanted
    const some = Array.from({ length: 16 }, () => new Connection(gateway.url));
    await Promise.all(some.map((one) => one.ask("/who")));
    for (const one of some) {
      const owner = ownerOf(one.port!, Number(new URL(gateway.url).port), workers);
      if (owner === undefined || found.has(owner)) others.push(one);
      else found.set(owner, one);
    }
  }
  for (const one of others) one.close();
  if (found.size < workers.length) throw new Error(`only ${found.size} of ${workers.length} workers take connections`);
  return found;
}

/** Which of these processes has the server's end of a connection (proc(5)). */
function ownerOf(client: number, server: number, pids: readonly number[]): number | undefined {
  const hex = (port: number) => `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  for (const line of readFileSync("/proc/net/tcp", "utf8").split("\n")) {
    const [, local = "", remote = "", , , , , , , inode = ""] = line.trim().split(/\s+/);
    if (!local.endsWith(hex(server)) || !remote.endsWith(hex(client))) continue;
    return pids.find((pid) => descriptorsOf(pid).includes(`socket:[${inode}]`));
  }
  return undefined;
}

const descriptorsOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return "";
    }
  });
