import type { IncomingMessage, ServerResponse } from "node:http";
import type { Handler } from "../answer.ts";
import { headOfIncoming, sendAnswer } from "./node-http.ts";

/**
 * For Express routes and routers, and for Connect. What the handler throws goes to the app's error handler. Express's
 * own `etag` setting touches only `res.send`, so it may stay as it is.
 */
export function expressHandler<Request extends IncomingMessage>(
  handler: Handler<Request>,
): (request: Request, response: ServerResponse, next: (error?: unknown) => void) => void {
  return (request, response, next) => {
    try {
      const answer = handler(headOfIncoming(request), request);
      if (!("then" in answer)) sendAnswer(answer, response);
      else answer.then((ready) => sendAnswer(ready, response)).catch(next);
    } catch (error) {
      next(error);
    }
  };
}
