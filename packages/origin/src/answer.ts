import { type EntityTag, Fields, type RequestHead, type Timestamp } from "@larder/core";
import type { GivenContent, SentContent } from "./content.ts";

export type MaybePromise<T> = T | Promise<T>;

/** Field lines as names and values in turn, or by name. */
export type FieldsLike = Fields | Readonly<Record<string, string | readonly string[] | undefined>>;

/** What the work came to: the answer to the request as if it had no conditions and no Range. */
export interface Produced {
  /** 200 where it is left out */
  readonly status?: number;
  readonly fields?: FieldsLike;
  readonly content?: GivenContent;
  /** validators of the content produced, where they were not known before, or have changed by this request */
  readonly etag?: EntityTag | undefined;
  readonly lastModified?: Timestamp | undefined;
}

/** What goes out. Adapters send it as it is. */
export interface Answer {
  readonly status: number;
  /** complete; names are lower case where the kit wrote them. Content-Length is there where the length is known. */
  readonly fields: Fields;
  /** null = none: HEAD, 204, 304, an empty answer */
  readonly content: SentContent;
  /** why it is this one: the deciding condition, or what the range came to */
  readonly because: string;
}

/** A program's answer to one request; `native` is what the framework gave. */
export type Handler<Native> = (request: RequestHead, native: Native) => MaybePromise<Answer>;

/** @returns field lines as `Fields`, in the same order */
export function fieldsOf(fields: FieldsLike | undefined): Fields {
  return fields === undefined ? Fields.empty : fields instanceof Fields ? fields : Fields.empty.with(fields);
}

const jsonType = "application/json";
const isJson = Fields.of(["content-type", jsonType]);

/**
 * A result as JSON.
 * @param value what JSON.stringify takes
 */
export function json(value: unknown, produced: Omit<Produced, "content"> = {}): Produced {
  const fields = produced.fields === undefined ? isJson : fieldsOf(produced.fields).with({ "content-type": jsonType });
  return { ...produced, fields, content: JSON.stringify(value) };
}
