import type { Content } from "@larder/cache";
import type { Piece } from "@larder/core";
import type { Stay } from "./parties.ts";
import type { Told } from "./response.ts";

/**
 * The body of a Response: octets where they are in memory, else a stream of them. The stay ends with it.
 * @param content what the pieces are of
 */
export function bodyOf(
  { pieces }: Told,
  content: Content | null,
  stay: Stay,
): ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null {
  if (pieces === "none" || content === null) {
    stay.end(false);
    return null;
  }
  const { bytes } = content;
  if (bytes !== undefined && pieces === "all") {
    stay.end(false);
    return bytes as Uint8Array<ArrayBuffer>;
  }
  return stream(pieces === "all" ? content.read() : joined(pieces, content), stay);
}

async function* joined(pieces: readonly Piece[], content: Content): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if ("bytes" in piece) yield piece.bytes;
    else yield* content.read(piece);
  }
}

/** A byte stream of chunks, each copied: what the reader does with its own can't reach the store. */
function stream(chunks: AsyncIterable<Uint8Array>, stay: Stay): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      stay.whenAborted((reason) => {
        controller.error(reason);
        void iterator.return?.();
      });
    },
    async pull(controller) {
      try {
        const step = await iterator.next();
        if (!step.done) return controller.enqueue(step.value.slice());
        stay.end(false);
        controller.close();
        // a reader that brought a buffer of its own waits for this
        controller.byobRequest?.respond(0);
      } catch (error) {
        stay.end(false);
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
      stay.end(true);
    },
  });
}
