import type { Context } from "hono";
import type { StatusCode } from "hono/utils/http-status";
import type { Handler } from "../answer.ts";
import { bodyOf, headOfRequest } from "./fetch.ts";

/** For Hono routes; lines that middleware wrote stay, Vary and Set-Cookie add up. */
export function honoHandler<C extends Context>(handler: Handler<C>): (context: C) => Promise<Response> {
  return async (context) => {
    const { status, fields, content } = await handler(headOfRequest(context.req.raw), context);
    for (const [name, value] of fields) {
      const lower = name.toLowerCase();
      context.header(name, value, { append: lower === "vary" || lower === "set-cookie" });
    }
    context.status(status as StatusCode);
    return context.newResponse(bodyOf(content));
  };
}
