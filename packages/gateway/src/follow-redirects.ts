import { type Upstream, UpstreamFailure, type UpstreamResponse } from "@larder/cache";
import { type RequestHead, resolveTarget } from "@larder/core";

const redirects = new Set([301, 302, 303, 307, 308]);
const most = 5;

/**
 * An upstream whose redirects are followed (RFC 9110 §15.4), so that what it answers is the thing itself. Where it was
 * found in the end stands in Content-Location: relative links are relative to that.
 */
export function followingRedirects(upstream: Upstream): Upstream {
  return {
    async send(request, options): Promise<UpstreamResponse> {
      let head: RequestHead = request;
      for (let step = 0; ; step++) {
        const response = await upstream.send(head, options);
        const location = redirects.has(response.status) ? response.fields.get("location") : undefined;
        if (location === undefined) {
          // an upstream's own field is no base for links (RFC 9110 §8.7)
          const found = step === 0 ? undefined : head.target;
          if (found === undefined && !response.fields.has("content-location")) return response;
          // where credentials were asked for on the way, what the last one on it says of others counts for nothing
          const alone = found !== undefined && request.fields.has("authorization") && { "cache-control": "private" };
          return { ...response, fields: response.fields.with({ "content-location": found, ...alone }) };
        }
        await response.body[Symbol.asyncIterator]().return?.();
        const target = resolveTarget(head.target, location);
        if (target === undefined || !/^https?:/.test(target)) {
          throw new UpstreamFailure("broken", "The upstream redirects to something that is no web address.", {
            unsent: false,
          });
        }
        if (step === most)
          throw new UpstreamFailure("broken", `The upstream redirects more than ${most} times.`, { unsent: false });
        head = { ...head, target };
      }
    },
  };
}
