import { type Upstream, UpstreamFailure } from "@larder/cache";
import type { Timestamp } from "@larder/core";

/** For so many milliseconds an upstream that failed is left alone; then one request finds out whether it is back. */
export const aloneFor = 10_000;

/** Answers with which an upstream says, or a proxy in front of it, that it can't do its work now. */
const away: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** An upstream that others stand in for: what it is told apart by, and who is told how it fares. */
export interface Watched {
  readonly host: string;
  readonly origin: string;
  readonly now: () => Timestamp;
  /** for the log: told once when it fails, and once when it is back */
  readonly tell: (what: string) => void;
}

/**
 * An upstream that is left alone for a while when it failed: until then requests to it fail at once, so that nobody waits
 * for it in vain, and so that it doesn't come and go with each request. Then one request is let through; the others wait
 * for what becomes of that. What goes to other origins, the files of many indexes, doesn't count.
 */
export function leftAlone(upstream: Upstream, { host, origin, now, tell }: Watched): Upstream {
  /** until when it is left alone; undefined = it is well */
  let until: Timestamp | undefined;

  function failed(why: string): void {
    if (until === undefined) tell(`${why} For ${aloneFor / 1000} seconds it is left alone, others stand in for it.`);
    until = now() + aloneFor;
  }

  return {
    async send(request, options) {
      if (new URL(request.target).origin !== origin) return upstream.send(request, options);
      if (until !== undefined) {
        if (now() < until)
          throw new UpstreamFailure("unreachable", `The upstream ${host} failed and is left alone.`, { unsent: true });
        until = now() + aloneFor;
      }
      try {
        const response = await upstream.send(request, options);
        if (away.has(response.status)) failed(`The upstream ${host} answered ${response.status}.`);
        else if (until !== undefined) {
          until = undefined;
          tell(`The upstream ${host} is back.`);
        }
        return response;
      } catch (error) {
        if (error instanceof UpstreamFailure && error.kind !== "offline") failed(error.message);
        throw error;
      }
    },
  };
}
