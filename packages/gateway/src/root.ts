import { Fields, formatHttpDate } from "@larder/core";
import { jsonType, negotiate, writeRoot } from "@larder/formats";
import { type Incoming, type Outgoing, problem } from "@larder/server";
import { shortDigest } from "./digest.ts";
import { formatParameter } from "./document.ts";
import type { Gateway } from "./gateway.ts";
import type { Index } from "./mount.ts";
import { inMemory, send } from "./outgoing.ts";

/**
 * The list of projects (PEP 503, 691). The upstream's own is never asked for: on a public index it is tens of
 * megabytes, and no installer needs it. So it has the projects whose pages are, or were, in the store.
 */
export function answerRoot(gateway: Gateway, index: Index, incoming: Incoming): Outgoing {
  const type = negotiate(incoming.head.fields, formatParameter(incoming.path));
  if (type === undefined)
    return problem(406, "The list comes as JSON (PEP 691) or HTML (PEP 503); the Accept field takes neither.");
  const bytes = Buffer.from(writeRoot(index.projects(gateway, incoming.head), type));
  const fields = Fields.of(
    ["Content-Type", type === jsonType ? type : `${type}; charset=utf-8`],
    ["Content-Length", String(bytes.length)],
    ["ETag", `"${shortDigest(bytes)}"`],
    ["Date", formatHttpDate(gateway.now())],
    ["Cache-Control", incoming.head.fields.has("authorization") ? "private, no-cache" : "no-cache"],
    ["Vary", "Accept"],
  );
  return send(incoming.head, { status: 200, fields, length: bytes.length }, inMemory(bytes), index, { hit: true });
}
