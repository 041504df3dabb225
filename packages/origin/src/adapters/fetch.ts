import { Fields, type RequestHead } from "@larder/core";
import type { Handler } from "../answer.ts";
import type { SentContent } from "../content.ts";

/** @returns the head of a Fetch API request */
export function headOfRequest(request: Request): RequestHead {
  const hash = request.url.indexOf("#");
  const target = hash < 0 ? request.url : request.url.slice(0, hash);
  const raw: string[] = [];
  for (const [name, value] of request.headers) raw.push(name, value);
  return { method: request.method, target, fields: Fields.fromRaw(raw) };
}

/** Content as a web stream that takes the next chunk when its reader is ready for it. */
export function streamOf(content: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = content[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}

/** @returns an answer's content as a Fetch API body */
export function bodyOf(content: SentContent): string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null {
  if (content === null || typeof content === "string") return content;
  // a typed array over shared memory is the one kind that a body can't be; nobody answers with one
  return content instanceof Uint8Array ? (content as Uint8Array<ArrayBuffer>) : streamOf(content);
}

/** For Fetch API handlers: Bun, Deno, Workers, Service Workers. */
export function fetchHandler(handler: Handler<Request>): (request: Request) => Promise<Response> {
  return async (request) => {
    const { status, fields, content } = await handler(headOfRequest(request), request);
    return new Response(bodyOf(content), { status, headers: [...fields].map(([name, value]) => [name, value]) });
  };
}
