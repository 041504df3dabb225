import { type Upstream, UpstreamFailure } from "@larder/cache";
import { contentLength } from "@larder/core";

/**
 * An upstream whose content breaks off when it goes beyond so many octets: for what must be in memory as a whole, and
 * must not fill the disk before that turns out to be too much.
 */
export function atMost(octets: number, upstream: Upstream): Upstream {
  return {
    async send(request, options) {
      const response = await upstream.send(request, options);
      const tooMuch = () =>
        new UpstreamFailure("broken", `The upstream sends more than ${octets} octets.`, { unsent: false });
      const announced = response.fields.read(contentLength);
      if (typeof announced === "number" && announced > octets && request.method !== "HEAD") {
        await response.body[Symbol.asyncIterator]().return?.();
        throw tooMuch();
      }
      return { ...response, body: bounded(response.body, octets, tooMuch) };
    },
  };
}

/** Content that breaks off, with this error, when it goes beyond so many octets. */
export function bounded(
  body: AsyncIterable<Uint8Array>,
  octets: number,
  tooMuch: () => Error,
): AsyncIterable<Uint8Array> {
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
          throw tooMuch();
        },
        return: leave,
      };
    },
  };
}
