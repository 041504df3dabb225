import { formatHttpDate, type Timestamp } from "@larder/core";
import { type Distribution, isMetadataMember, readUpload, uploadKind } from "@larder/formats";
import type { Incoming, Outgoing } from "@larder/server";
import { sha256 } from "../digest.ts";
import type { HostedConfig } from "../mounts/hosted.ts";
import { readPkgInfo, TarFault } from "../pkg-info.ts";
import { type Octets, readZipMember, ZipFault } from "../zip-member.ts";
import { access, done, refusal } from "./access.ts";
import type { Hosted } from "./hosted.ts";
import type { HostedFile } from "./packages.ts";
import { readUploadForm, UploadFault, type UploadForm } from "./upload-form.ts";

/**
 * An upload by the legacy API, as twine and `uv publish` send it: who may, the form with the file on its way to the
 * disk, then whether name, metadata and hashes go together; only then it becomes part of the index, in one step. What
 * stops half-way, or lies, leaves nothing.
 */
export async function answerUpload(
  hosted: Hosted,
  config: HostedConfig,
  incoming: Incoming,
  now: () => Timestamp,
): Promise<Outgoing> {
  const { head, body } = incoming;
  const may = access(hosted.tokens, config, head, "upload", undefined, now());
  if (may.type === "refused") return refuse(may.status, may.because, config);
  let form: UploadForm | undefined;
  try {
    const contentType = head.fields.get("content-type") ?? "";
    form = await readUploadForm(body ?? nothing(), contentType, hosted.contents, config.mostFileBytes);
    const { distribution, metadata } = await check(form);
    const mayThis = access(hosted.tokens, config, head, "upload", distribution.project, now());
    if (mayThis.type === "refused") return refuse(mayThis.status, mayThis.because, config);
    const added = hosted.packages.add(
      config.prefix,
      {
        ...distribution,
        filename: form.filename,
        file: form.file,
        digested: form.digested,
        ...(distribution.isFinal && { metadata: { bytes: metadata, sha256: sha256(metadata) } }),
        uploader: mayThis.token!.id,
      },
      now(),
    );
    if (added.type === "taken") throw new UploadFault(409, taken(form.filename, added.by));
    const text = `${form.filename} ${added.type === "added" ? "is in the index" : "was in the index already"}.\n`;
    return done(text, config, mayThis.token!);
  } catch (error) {
    if (error instanceof UploadFault) return refuse(error.status, error.message, config);
    throw error;
  } finally {
    await form?.file.discard();
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** @throws {UploadFault} for the first thing that is wrong */
async function check({ fields, filename, file, digested }: UploadForm): Promise<{
  readonly distribution: Distribution;
  readonly metadata: Uint8Array;
}> {
  if (fields[":action"] !== "file_upload")
    throw new UploadFault(400, `Of the actions only file_upload is known here, not ${fields[":action"] ?? "none"}.`);
  const kind = uploadKind(filename);
  if (typeof kind === "object") throw new UploadFault(400, kind.fault);
  for (const [algorithm, hex] of [
    ["sha256", digested.sha256],
    ["md5", digested.md5],
  ] as const) {
    const said = fields[`${algorithm}_digest`];
    if (said !== undefined && said.toLowerCase() !== hex)
      throw new UploadFault(400, `${filename} arrived with another ${algorithm} than the upload says: ${hex}.`);
  }
  const metadata = await readMetadata(kind, filename, file.octets());
  const { name, version, filetype } = fields;
  const said = {
    filename,
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...(filetype !== undefined && { filetype }),
  };
  const distribution = readUpload(said, kind, metadata);
  if ("fault" in distribution) throw new UploadFault(400, distribution.fault);
  return { distribution, metadata };
}

async function readMetadata(kind: Distribution["kind"], filename: string, octets: Octets): Promise<Uint8Array> {
  try {
    if (kind === "sdist") return await readPkgInfo(octets);
    return await readZipMember(octets, (path) => isMetadataMember(filename, path));
  } catch (error) {
    if (!(error instanceof ZipFault || error instanceof TarFault)) throw error;
    throw new UploadFault(400, `The core metadata of ${filename} can't be read from it. ${error.message}`);
  }
}

/** Why a name can't be had; some clients look for "already exist". */
function taken(filename: string, by: HostedFile): string {
  const other = by.filename === filename ? filename : `${by.filename}, another spelling of ${filename},`;
  if (by.deleted !== undefined)
    return `${other} was deleted on ${formatHttpDate(by.deleted)}; a file's name is never used again: upload a new version.`;
  return `${other} already exists with other content; a file is never replaced: upload a new version.`;
}

/** twine shows people the reason phrase alone, uv the problem's detail */
const refuse = (status: number, because: string, config: HostedConfig) => refusal(status, because, config, true);
