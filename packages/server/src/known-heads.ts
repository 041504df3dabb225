import type { RequestHead } from "@larder/core";
import type { ReceivedRequest } from "./incoming.ts";

/** What the octets of a request's head are known to say. */
export interface KnownHead {
  readonly head: RequestHead;
  /** path and query */
  readonly path: string;
}

/** Octets of heads in one of the two generations. */
const mostBytes = 2 << 20;
/** Octets of one head. */
export const longestHead = 8192;

/**
 * The heads of requests that came lately, by their octets: the same octets say the same again. The older half is
 * forgotten when there are many.
 */
export class KnownHeads {
  #young = new Map<string, KnownHead>();
  #old: ReadonlyMap<string, KnownHead> = new Map();
  #bytes = 0;

  /** @param text octets, a letter for each */
  get(text: string): KnownHead | undefined {
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    if (old !== undefined) this.#add(text, old);
    return old;
  }

  /** Remembers what a head says, if it is one of the many that are nothing but a question. */
  learn(text: string, { head, path, version }: ReceivedRequest): void {
    if (text.length <= longestHead && version === "1.1" && isOrdinary(head)) this.#add(text, { head, path });
  }

  #add(text: string, known: KnownHead): void {
    if (this.#bytes > mostBytes) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#bytes = 0;
    }
    this.#young.set(text, known);
    this.#bytes += text.length;
  }
}

/** What makes a message more than a question that anybody may ask on a connection that goes on after it. */
const unordinary = ["content-length", "transfer-encoding", "upgrade", "expect", "te", "trailer", "http2-settings"];
/** Secrets are in memory no longer than they have to be. */
const secret = ["authorization", "proxy-authorization", "cookie"];

function isOrdinary({ method, fields }: RequestHead): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  if (unordinary.some((name) => fields.has(name)) || secret.some((name) => fields.has(name))) return false;
  return (fields.get("connection") ?? "keep-alive").toLowerCase() === "keep-alive";
}
