import type { CacheResponse } from "@larder/cache";
import {
  age,
  type CacheStatus,
  date,
  type Fields,
  type Piece,
  present,
  type RequestHead,
  sliceFields,
  sliceFor,
} from "@larder/core";

/** A Response that also says what the cache did. */
export interface CachedResponse extends Response {
  /** RFC 9211's words as data; `formatCacheStatus` writes them as a field */
  readonly cacheStatus: CacheStatus;
  clone(): CachedResponse;
}

/** How a response came about, which `new Response` can't be told. */
interface Origin {
  readonly url: string;
  readonly redirected: boolean;
  readonly type: Response["type"];
  readonly cacheStatus: CacheStatus;
}

/** Makes a Response look as if `fetch` had given it, its clones too. */
export function decorate(response: Response, origin: Origin): CachedResponse {
  const value = <T>(it: T) => ({ value: it, configurable: true });
  return Object.defineProperties(response, {
    url: value(origin.url),
    redirected: value(origin.redirected),
    type: value(origin.type),
    cacheStatus: value(origin.cacheStatus),
    clone: value(() => decorate(Response.prototype.clone.call(response), origin)),
  }) as CachedResponse;
}

const withoutContent: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/** What a call gets of what the cache answered with: its status and fields, and the content or a part of it. */
export interface Told {
  readonly status: number;
  readonly fields: Fields;
  readonly pieces: "none" | "all" | readonly Piece[];
}

/** The request's preconditions and Range against what is there (RFC 9110 §13.2.2, §14.2). */
export function tell(head: RequestHead, answer: CacheResponse): Told {
  const { status, stored, content } = answer;
  const fields = withAge(answer);
  if (content === null || head.method === "HEAD" || withoutContent.has(status))
    return { status, fields, pieces: "none" };
  if (stored?.status === 206) {
    const slice = sliceFor(head, stored)!;
    const own = sliceFields({ ...stored, fields }, slice);
    return { status, fields: own, pieces: [slice.content] };
  }
  const modified = fields.has("last-modified") ? undefined : fields.read(date);
  const { send, ...presented } = present(
    head,
    { status, fields, length: content.length, ...(modified && { lastModified: modified }) },
    { boundary: () => crypto.randomUUID() },
  );
  return {
    status: presented.status,
    fields: presented.fields,
    pieces: typeof send === "string" ? send : send.pieces,
  };
}

/** RFC 9111 §5.1: what comes from the store says its age. */
function withAge({ fields, age: seconds }: CacheResponse): Fields {
  if (seconds === undefined) return fields;
  const text = String(Math.max(0, Math.floor(seconds)));
  return fields.get(age.name) === text ? fields : fields.with({ age: text });
}
