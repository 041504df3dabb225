import { Fields } from "@larder/core";
import { ContentTooLarge, type Handler, type Incoming, type Outgoing, problem } from "@larder/server";
import { inField, type PassedRequest, privateFields } from "./private-fields.ts";

/**
 * The keeper's side of what workers pass on: a handler for its own socket that asks the gateway's with the request as the
 * client sent it, and adds to the answer what the worker's log wants to know.
 */
export function answeringWorkers(handler: Handler): Handler {
  return async (incoming) => {
    try {
      return withLog(await handler(asReceived(incoming)));
    } catch (error) {
      if (!(error instanceof ContentTooLarge)) throw error;
      return problem(413, error.message, { fields: { [privateFields.tooLong]: inField(error.message) } });
    }
  };
}

function asReceived(incoming: Incoming): Incoming {
  const { head, path } = incoming;
  const [remote, target, raw] = JSON.parse(head.fields.get(privateFields.request)!) as PassedRequest;
  return {
    head: { method: head.method, target, fields: Fields.fromRaw(raw) },
    path,
    remote,
    body: incoming.body,
    get signal() {
      return incoming.signal;
    },
    interim: (interim) => incoming.interim(interim),
  };
}

function withLog(outgoing: Outgoing): Outgoing {
  if (outgoing.log === undefined) return outgoing;
  const fields = Fields.fromRaw([...outgoing.fields.raw, privateFields.log, inField(outgoing.log)]);
  return { ...outgoing, fields };
}
