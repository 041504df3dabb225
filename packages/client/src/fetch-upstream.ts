import { type Upstream, UpstreamFailure, type UpstreamResponse } from "@larder/cache";
import type { Fields } from "@larder/core";
import { type Call, fieldsOf } from "./call.ts";
import type { Party } from "./parties.ts";

/** What became of a call's request to the network. */
export interface Transfer extends Upstream {
  /** the newest response as `fetch` gave it; its body is read by whoever uses it */
  readonly native: Response | undefined;
  /** what `fetch` failed with */
  readonly error: unknown;
  /** From now on it belongs to this call alone, and ends with its signal: its response isn't shared. */
  own(signal: AbortSignal | undefined): void;
  /** Nothing of it is wanted by the party any more. */
  done(): void;
}

/**
 * Browsers have an HTTP cache of their own, and show nothing of redirects. Elsewhere `force-cache` changes nothing but
 * that a conditional request isn't marked `no-cache` on top, which would make every cache on the way ask its origin.
 */
const scope = globalThis as { document?: unknown; WorkerGlobalScope?: unknown; Deno?: unknown };
const inBrowser = scope.document !== undefined || (scope.WorkerGlobalScope !== undefined && scope.Deno === undefined);

/** One call's way to the network. Redirects of GET and HEAD are not followed here, so that each answer can be stored. */
export function transferOf(call: Call, party: Party, ask: typeof globalThis.fetch, offline: boolean): Transfer {
  const controller = new AbortController();
  const reads = call.method === "GET" || call.method === "HEAD";
  const transfer: { -readonly [K in keyof Transfer]: Transfer[K] } = {
    native: undefined,
    error: undefined,
    done: () => {},
    own(signal) {
      transfer.done();
      signal?.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
    },
    async send({ fields }): Promise<UpstreamResponse> {
      if (offline)
        throw new UpstreamFailure("offline", `offline, and nothing stored for ${call.url}`, { unsent: true });
      transfer.done = party.transferBegins((reason) => controller.abort(reason));
      let native: Response;
      try {
        const headers = new Headers([...fields] as [string, string][]);
        // the range is of the octets as they are, not of an encoding that nobody asked for (Fetch §4.5)
        if (fields.has("range") && !fields.has("accept-encoding")) headers.set("accept-encoding", "identity");
        const request = new Request(call.request(), {
          headers,
          signal: controller.signal,
          ...(reads && !inBrowser && { redirect: "manual", cache: "force-cache" }),
        });
        native = await ask(request);
      } catch (error) {
        transfer.done();
        transfer.error = error;
        if (controller.signal.aborted) throw error;
        throw new UpstreamFailure("unreachable", messageOf(error), { unsent: false, cause: error });
      }
      transfer.native = native;
      return { status: native.status, fields: stored(native, call), body: octets(native, () => transfer.done()) };
    },
  };
  return transfer;
}

/**
 * The fields that the cache is to see. `fetch` has undone the content coding, so the length that was announced is not
 * that of the content. What a browser can't tell enough of to store it is given a Vary that keeps it out of the store.
 */
function stored(native: Response, call: Call): Fields {
  const fields = fieldsOf(native.headers);
  if (native.redirected || native.type === "opaque" || native.type === "opaqueredirect" || native.status === 0)
    return fields.with({ vary: "*" });
  const hidden = native.type === "cors" && !fields.has("vary") ? { vary: [...call.fields.names()].join(", ") } : {};
  const decoded = fields.has("content-encoding") ? { "content-length": undefined } : {};
  return fields.with({ ...hidden, ...decoded });
}

async function* octets(native: Response, done: () => void): AsyncGenerator<Uint8Array> {
  const reader = native.body?.getReader();
  try {
    for (;;) {
      const step = await reader?.read();
      if (step === undefined || step.done) return;
      yield step.value;
    }
  } finally {
    done();
    // ends the transfer where the loop was left early; after its end it does nothing
    reader?.cancel().catch(() => undefined);
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
