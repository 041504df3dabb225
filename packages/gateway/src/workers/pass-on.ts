import { Agent, type IncomingMessage, request, STATUS_CODES } from "node:http";
import { pipeline, Readable } from "node:stream";
import { Fields } from "@larder/core";
import { ContentTooLarge, type Incoming, type Outgoing } from "@larder/server";
import { inField, mostHeadBytes, type PassedRequest, privateFields } from "./private-fields.ts";

/**
 * A worker's handler: passes each request on to the keeper and gives the keeper's answer as it is. Content goes both ways
 * as it comes, at the pace of whoever reads it.
 *
 * With node's own client, because undici knows no `Expect`: who waits for 100 (RFC 9110 §10.1.1) must get it when the
 * keeper reads the content, and not where it refuses it. Content is always chunked on this way, so that what breaks off
 * can't be taken for the beginning of another request.
 * @param keeper the file of its socket
 */
export function passingOn(keeper: string): (incoming: Incoming) => Promise<Outgoing> {
  const agent = new Agent({ keepAlive: true });
  return (incoming) =>
    new Promise((resolve, reject) => {
      const { head, path, remote, body } = incoming;
      const expects = body !== null && head.fields.has("expect");
      const passed: PassedRequest = [remote, head.target, head.fields.raw];
      const asked = request({
        agent,
        socketPath: keeper,
        method: head.method,
        path,
        maxHeaderSize: mostHeadBytes,
        headers: [
          ...["Host", "larder", privateFields.request, inField(passed)],
          ...(body === null ? [] : ["Transfer-Encoding", "chunked"]),
          ...(expects ? ["Expect", "100-continue"] : []),
        ],
      });
      asked.maxHeadersCount = 0;
      asked.on("error", reject);
      asked.on("information", ({ statusCode, rawHeaders }) =>
        incoming.interim({ status: statusCode, fields: Fields.fromRaw(rawHeaders) }),
      );
      asked.on("response", (response) => answer(incoming, response).then(resolve, reject));
      if (body === null) {
        asked.end();
        return;
      }
      asked.flushHeaders();
      const send = () => pipeline(Readable.from(telling(body, reject), { objectMode: false }), asked, () => undefined);
      if (expects) asked.once("continue", send);
      else send();
    });
}

/** The keeper broke off its answer, and its log says why. */
export class KeeperBrokeOff extends Error {
  override readonly name = "KeeperBrokeOff";
}

/** Tells what breaks off the content, before it breaks off the connection that it goes on by. */
async function* telling(body: AsyncIterable<Uint8Array>, broken: (error: unknown) => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    broken(error);
    throw error;
  }
}

/** Fields of the connection between the two, and those that only they understand. */
const own: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  ...Object.values(privateFields),
]);

async function answer({ head }: Incoming, response: IncomingMessage): Promise<Outgoing> {
  const { rawHeaders: raw, statusCode: status = 0, statusMessage: reason = "" } = response;
  const kept: string[] = [];
  const told: Record<string, string> = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    if (own.has(name)) told[name] = raw[i + 1]!;
    else kept.push(raw[i]!, raw[i + 1]!);
  }
  const tooLong = told[privateFields.tooLong];
  const isBare = head.method === "HEAD" || status === 204 || status === 304 || tooLong !== undefined;
  if (isBare) response.resume();
  if (tooLong !== undefined) throw new ContentTooLarge(JSON.parse(tooLong));
  const log = told[privateFields.log];
  return {
    status,
    ...(reason !== STATUS_CODES[status] && { reason }),
    fields: Fields.fromRaw(kept),
    content: isBare ? null : octets(response),
    ...(log !== undefined && { log: JSON.parse(log) }),
  };
}

/** An answer's chunks. To leave the loop ends the transfer, also before it began. */
function octets(response: IncomingMessage): AsyncIterable<Uint8Array> {
  response.on("error", () => undefined);
  return {
    [Symbol.asyncIterator]() {
      const chunks: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            return await chunks.next();
          } catch (cause) {
            throw new KeeperBrokeOff("the keeper broke off its answer", { cause });
          }
        },
        async return() {
          response.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
