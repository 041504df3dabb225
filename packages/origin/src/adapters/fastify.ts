import type { FastifyReply, FastifyRequest } from "fastify";
import type { Handler } from "../answer.ts";
import { streamOf } from "./fetch.ts";
import { headOfIncoming } from "./node-http.ts";

const empty = () => new ReadableStream({ start: (controller) => controller.close() });

const asItIs = (text: unknown) => text as string;

/** For Fastify routes; its hooks and its error handler run as for any other. HEAD routes may be Fastify's own. */
export function fastifyHandler(
  handler: Handler<FastifyRequest>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const { status, fields, content } = await handler(headOfIncoming(request.raw), request);
    reply.code(status);
    for (const [name, value] of fields) {
      const before = name.toLowerCase() === "vary" ? reply.getHeader("vary") : undefined;
      // Fastify itself adds up Set-Cookie
      reply.header(name, before === undefined ? value : `${before}, ${value}`);
    }
    // Fastify's HEAD routes measure any content but a stream anew
    if (request.method === "HEAD") return reply.send(empty());
    // null would be serialised, and described as JSON
    if (content === null) return reply.send();
    // Fastify adds a charset to JSON that comes as text, unless something else turned it into text
    if (typeof content === "string") return reply.serializer(asItIs).send(content);
    return reply.send(content instanceof Uint8Array ? content : streamOf(content));
  };
}
