import { type Upstream, UpstreamFailure } from "@larder/cache";

/**
 * An upstream whose content breaks off when it goes beyond so many octets: for what must be in memory as a whole, and
 * must not fill the disk before that turns out to be too much.
 */
export function atMost(octets: number, upstream: Upstream): Upstream {
  return {
    async send(request, options) {
      const response = await upstream.send(request, options);
      return { ...response, body: bounded(response.body, octets) };
    },
  };
}

function bounded(body: AsyncIterable<Uint8Array>, octets: number): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const chunks = body[Symbol.asyncIterator]();
      let length = 0;
      const leave = async (): Promise<IteratorResult<Uint8Array>> => {
        await chunks.return?.();
        return { done: true, value: undefined };
      };
      return {
        async next() {
          const step = await chunks.next();
          length += step.done ? 0 : step.value.length;
          if (length <= octets) return step;
          await leave();
          throw new UpstreamFailure("broken", `The upstream sends more than ${octets} octets.`, { unsent: false });
        },
        return: leave,
      };
    },
  };
}
