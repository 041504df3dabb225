import type { Content } from "@larder/cache";
import { Fields, formatHttpDate, type RequestHead, type Timestamp } from "@larder/core";
import { type Outgoing, problem } from "@larder/server";
import { shortened } from "../digest.ts";
import type { HostedConfig } from "../mounts/hosted.ts";
import { send } from "../outgoing.ts";
import type { HostedFile, Packages } from "./packages.ts";

const suffix = ".metadata";

/** A hosted file or, with `.metadata` at its name's end, its core metadata (PEP 658); never changes under its URL. */
export function answerFile(
  packages: Packages,
  config: HostedConfig,
  project: string,
  name: string,
  head: RequestHead,
  now: Timestamp,
): Outgoing {
  const isMetadata = name.endsWith(suffix);
  const filename = isMetadata ? name.slice(0, -suffix.length) : name;
  const file = packages.file(config.prefix, project, filename);
  if (file === undefined) return problem(404, `The project ${project} has no file ${filename}.`);
  if (file.deleted !== undefined)
    return problem(410, `${filename} was deleted on ${formatHttpDate(file.deleted)}, and does not come back.`);
  if (!isMetadata) return sendImmutable(head, config, file, file.sha256, packages.content(file), now);
  if (file.metadata === undefined) return problem(404, `Core metadata of ${filename} are not offered.`);
  const bytes = packages.metadata(config.prefix, file);
  return sendImmutable(head, config, file, file.metadata, inMemory(bytes), now);
}

function sendImmutable(
  head: RequestHead,
  config: HostedConfig,
  { uploaded }: HostedFile,
  sha256: string,
  content: Content,
  now: Timestamp,
): Outgoing {
  const fields = Fields.of(
    ["Content-Type", content.bytes === undefined ? "application/octet-stream" : "text/plain; charset=utf-8"],
    ["Content-Length", String(content.length)],
    ["ETag", `"${shortened(sha256)}"`],
    ["Last-Modified", formatHttpDate(Math.min(uploaded, now))],
    ["Date", formatHttpDate(now)],
    ["Cache-Control", `${config.anonymousRead ? "public" : "private"}, max-age=31536000, immutable`],
    ["Accept-Ranges", "bytes"],
  );
  return send(head, { status: 200, fields, length: content.length }, content, { config }, undefined);
}

const inMemory = (bytes: Uint8Array): Content => ({
  length: bytes.length,
  bytes,
  async *read(range) {
    yield range === undefined ? bytes : bytes.subarray(range.first, range.last + 1);
  },
});
