import type { Context } from "hono";
import type { StatusCode } from "hono/utils/http-status";
import type { Answer, Handler, MaybePromise } from "../answer.ts";
import { bodyOf, headOfRequest } from "./fetch.ts";

function respond({ status, fields, content }: Answer, context: Context): Response {
  const { raw } = fields;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    context.header(name, raw[i + 1], { append: name === "vary" || name === "set-cookie" });
  }
  context.status(status as StatusCode);
  return context.newResponse(bodyOf(content));
}

/** For Hono routes; lines that middleware wrote stay, Vary and Set-Cookie add up. */
export function honoHandler<C extends Context>(handler: Handler<C>): (context: C) => MaybePromise<Response> {
  return (context) => {
    const answer = handler(headOfRequest(context.req.raw), context);
    return "then" in answer ? answer.then((ready) => respond(ready, context)) : respond(answer, context);
  };
}
