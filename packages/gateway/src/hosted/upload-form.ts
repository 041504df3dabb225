import type { Readable } from "node:stream";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import type { ArrivingFile, Contents, Digested } from "./contents.ts";

/** Why an upload is refused: a status, and a sentence that its uploader reads. */
export class UploadFault extends Error {
  override readonly name = "UploadFault";
  readonly status: 400 | 403 | 409 | 413 | 415;
  constructor(status: UploadFault["status"], because: string) {
    super(because);
    this.status = status;
  }
}

/** The fields that are read; what else clients send is in the file's metadata, or of no use here. */
const known = [":action", "protocol_version", "filetype", "name", "version", "sha256_digest", "md5_digest"] as const;
type Field = (typeof known)[number];

/** Twine sends each classifier, and each line of Requires-Dist, as a field of its own. */
const mostFields = 20_000;
const mostFieldBytes = 8 * 1024 * 1024;

const carriageReturn = 13;

/** An upload as it came: nothing in it was checked but its form. */
export interface UploadForm {
  readonly fields: Readonly<Partial<Record<Field, string>>>;
  readonly filename: string;
  readonly file: ArrivingFile;
  readonly digested: Digested;
}

/**
 * Reads a form (RFC 7578) with one file in its field `content`, which goes to the disk as it comes.
 * @param contentType the request's
 * @param mostBytes that the file may have
 * @returns the form; whoever gets it discards its file in the end
 * @throws {UploadFault} for what is no such form; nothing is left of it
 * @throws what reading the body throws; nothing is left then, either
 */
export async function readUploadForm(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
  contents: Contents,
  mostBytes: number,
): Promise<UploadForm> {
  const form = new FormReader(contentType, contents, mostBytes);
  try {
    for await (const chunk of body) await form.write(chunk);
    return await form.end();
  } catch (error) {
    await form.discard();
    throw error;
  }
}

class FormReader {
  readonly #parser: BusboyInstance;
  readonly #contents: Contents;
  readonly #mostBytes: number;
  readonly #fields: Partial<Record<Field, string>> = {};
  readonly #finished: Promise<void>;
  #filename: string | undefined;
  #stream: Readable | undefined;
  /** what came last and isn't parsed yet */
  #held = Buffer.alloc(0);
  /** the file, once it is on the disk */
  #stored: Promise<{ readonly file: ArrivingFile; readonly digested: Digested }> | undefined;

  constructor(contentType: string, contents: Contents, mostBytes: number) {
    this.#contents = contents;
    this.#mostBytes = mostBytes;
    try {
      this.#parser = new Busboy({
        headers: { "content-type": contentType },
        limits: { fields: mostFields, fieldSize: mostFieldBytes, files: 2, fileSize: mostBytes + 1 },
      });
    } catch {
      throw new UploadFault(
        415,
        "An upload is a form: its Content-Type is multipart/form-data with a boundary (RFC 7578).",
      );
    }
    const parser = this.#parser;
    this.#finished = new Promise((resolve, reject) => {
      parser.once("finish", resolve);
      parser.once("error", (error) =>
        reject(new UploadFault(400, `The form is not well formed, or cut short (${(error as Error).message}).`)),
      );
      parser.once("fieldsLimit", () => reject(new UploadFault(400, `The form has more than ${mostFields} fields.`)));
    });
    this.#finished.catch(() => undefined);
    parser.on("field", (name, value) => {
      const field = known.find((one) => one === name);
      if (field !== undefined) this.#fields[field] ??= value.trim();
    });
    parser.on("file", (name, stream, filename) => {
      // a signature may come beside the file; nobody checks it
      if (name !== "content" || this.#filename !== undefined) return void stream.resume();
      this.#filename = filename;
      this.#stream = stream;
      this.#stored = this.#store(stream);
      this.#stored.catch(() => undefined);
    });
  }

  /** Waits until the parser, and the disk behind it, can take more. */
  async write(chunk: Uint8Array): Promise<void> {
    const whole = Buffer.concat([this.#held, chunk]);
    // the parser loses a part when a piece ends within the CR LF CR LF of its head
    const end = whole.length - (whole.at(-1) === carriageReturn ? 1 : 0);
    this.#held = whole.subarray(end);
    if (this.#parser.write(whole.subarray(0, end))) return;
    await this.#unlessFailed(new Promise((resolve) => this.#parser.once("drain", resolve)));
  }

  async end(): Promise<UploadForm> {
    this.#parser.end(this.#held);
    await this.#unlessFailed(this.#finished);
    if (this.#stored === undefined || this.#filename === undefined)
      throw new UploadFault(400, 'The form has no file in its field "content".');
    return { fields: this.#fields, filename: this.#filename, ...(await this.#stored) };
  }

  /** Waits for something that does not come when the form is no form, or when its file can't be stored. */
  async #unlessFailed(coming: Promise<void>): Promise<void> {
    await Promise.race([
      coming,
      this.#finished,
      ...(this.#stored === undefined ? [] : [this.#stored.then(() => coming)]),
    ]);
  }

  async discard(): Promise<void> {
    this.#parser.destroy();
    // the parser leaves it waiting for more
    this.#stream?.destroy();
    const stored = await this.#stored?.catch(() => undefined);
    await stored?.file.discard();
  }

  async #store(stream: Readable): Promise<{ readonly file: ArrivingFile; readonly digested: Digested }> {
    let broken: Error | undefined;
    stream.on("error", (error) => {
      broken ??= error;
    });
    const file = await this.#contents.create();
    try {
      let octets = 0;
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        octets += chunk.length;
        if (octets > this.#mostBytes)
          throw new UploadFault(413, `This index takes files of at most ${this.#mostBytes} octets.`);
        await file.write(chunk);
      }
      return { file, digested: await file.finish() };
    } catch (error) {
      await file.discard();
      throw error === broken ? new UploadFault(400, "The form is cut short within the file.") : error;
    }
  }
}
