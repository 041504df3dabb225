import { type Upstream, UpstreamFailure, type UpstreamResponse } from "@larder/cache";
import { etag, formatEntityTag, partOf, type RequestHead } from "@larder/core";
import { type Octets, tailBytes } from "./zip-member.ts";

/** What came of asking for the end of a file. */
export type Opened =
  | { readonly type: "file"; readonly octets: Octets; readonly first: UpstreamResponse }
  /** the upstream knows no ranges: it began to send the whole */
  | { readonly type: "no-ranges" }
  | { readonly type: "other"; readonly response: UpstreamResponse };

/**
 * A file of the upstream by range requests (RFC 9110 §14): its end at once, by a suffix range, anything else when it is
 * read. All parts are of the same content, as far as its length and a strong tag tell.
 * @param request for the whole file
 * @throws {UpstreamFailure} also while it is read
 */
export async function openRemoteFile(upstream: Upstream, request: RequestHead): Promise<Opened> {
  const ask = (range: string, tag?: string) =>
    upstream.send(
      { ...request, fields: request.fields.with({ range, ...(tag !== undefined && { "if-range": tag }) }) },
      { body: null },
    );
  const first = await ask(`bytes=-${tailBytes}`);
  const part = first.status === 206 ? partOf(first) : undefined;
  if (first.status !== 200 && first.status !== 206) return { type: "other", response: first };
  const size = part?.complete;
  const isEnd = part !== undefined && part.last + 1 === size && size - part.first <= tailBytes;
  if (!isEnd || first.fields.has("content-encoding")) {
    await first.body[Symbol.asyncIterator]().return?.();
    return { type: "no-ranges" };
  }
  const tail = await readExactly(first, part.last - part.first + 1);
  const read = first.fields.read(etag);
  const tag = read === undefined || read.weak ? undefined : formatEntityTag(read);
  const octets: Octets = {
    size,
    async read(start, end) {
      if (start >= part.first) return tail.subarray(start - part.first, end - part.first);
      const response = await ask(`bytes=${start}-${end - 1}`, tag);
      const got = response.status === 206 ? partOf(response) : undefined;
      if (got === undefined || got.first !== start || got.last !== end - 1 || got.complete !== size) {
        await response.body[Symbol.asyncIterator]().return?.();
        throw broken(`answered ${response.status} for a range of a file that it gave before`);
      }
      return readExactly(response, end - start);
    },
  };
  return { type: "file", octets, first };
}

async function readExactly({ body }: UpstreamResponse, length: number): Promise<Uint8Array> {
  const all = new Uint8Array(length);
  let at = 0;
  for await (const chunk of body) {
    if (at + chunk.length > length) throw broken("sent more than it said");
    all.set(chunk, at);
    at += chunk.length;
  }
  if (at < length) throw broken("sent less than it said");
  return all;
}

const broken = (what: string) => new UpstreamFailure("broken", `The upstream ${what}.`, { unsent: false });
