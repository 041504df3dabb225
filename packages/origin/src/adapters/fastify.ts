import type { FastifyReply, FastifyRequest } from "fastify";
import type { Answer, Handler } from "../answer.ts";
import { streamOf } from "./fetch.ts";
import { headOfIncoming } from "./node-http.ts";

const empty = () => new ReadableStream({ start: (controller) => controller.close() });

const asItIs = (text: unknown) => text as string;

function send({ status, fields, content }: Answer, method: string, reply: FastifyReply): FastifyReply {
  const { raw } = fields;
  reply.code(status);
  for (let i = 0; i < raw.length; i += 2) {
    const [name, value] = [raw[i]!, raw[i + 1]!];
    const before = name.toLowerCase() === "vary" ? reply.getHeader("vary") : undefined;
    // Fastify itself adds up Set-Cookie
    reply.header(name, before === undefined ? value : `${before}, ${value}`);
  }
  // Fastify's HEAD routes measure any content but a stream anew
  if (method === "HEAD") return reply.send(empty());
  // null would be serialised, and described as JSON
  if (content === null) return reply.send();
  // Fastify adds a charset to JSON that comes as text, unless something else turned it into text
  if (typeof content === "string") return reply.serializer(asItIs).send(content);
  return reply.send(content instanceof Uint8Array ? content : streamOf(content));
}

/** For Fastify routes; its hooks and its error handler run as for any other. HEAD routes may be Fastify's own. */
export function fastifyHandler(
  handler: Handler<FastifyRequest>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | undefined {
  return (request, reply) => {
    const answer = handler(headOfIncoming(request.raw), request);
    if ("then" in answer) return answer.then((ready) => send(ready, request.method, reply));
    send(answer, request.method, reply);
    return undefined;
  };
}
