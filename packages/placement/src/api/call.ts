import type { Identity } from "../auth/identity.ts";
import { badRequest } from "../refusal.ts";
import type { Input } from "./input.ts";
import { findFault, type Schema } from "./json-schema.ts";
import { Query } from "./query.ts";
import type { Version } from "./versions.ts";

/** What a call is made of. */
interface Parts {
  readonly version: Version;
  readonly params: Readonly<Record<string, string>>;
  readonly queryText: string;
  readonly content: Uint8Array;
  readonly identity: Identity;
  readonly now: number;
  readonly prefix: string;
  readonly input: Input | undefined;
}

/** One request as a handler sees it: routed, allowed, its content there but not read. */
export class Call {
  readonly version: Version;
  /** what stands in the path's placeholders, decoded */
  readonly params: Readonly<Record<string, string>>;
  readonly identity: Identity;
  /** milliseconds since the epoch */
  readonly now: number;
  /** where the service is mounted: stands before every path; mostly "" */
  readonly prefix: string;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.version = parts.version;
    this.params = parts.params;
    this.identity = parts.identity;
    this.now = parts.now;
    this.prefix = parts.prefix;
    this.#parts = parts;
  }

  /** The content, as the route's schema for this microversion describes it. @throws {Refusal} 400 */
  body<T>(): T {
    return checkJson<T>(parseJson(this.#parts.content), this.#schema());
  }

  /** The query, as the route's schema describes it. @throws {Refusal} 400 */
  query(): Query {
    const query = Query.parse(this.#parts.queryText);
    query.check(this.#schema());
    return query;
  }

  /** The call that would read the same path: what a condition on a write is held against. */
  reading(input: Input | undefined): Call {
    return new Call({ ...this.#parts, input, content: new Uint8Array() });
  }

  #schema(): Schema {
    return this.#parts.input?.schema(this.version) ?? {};
  }
}

/** UTF-8 without a byte-order mark; anything else is no JSON (RFC 8259 §8.1). */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(content));
  } catch (error) {
    throw badRequest(`Malformed JSON: ${(error as Error).message}`);
  }
}

/** @throws {Refusal} 400 unless the value is as the schema says */
export function checkJson<T>(value: unknown, schema: Schema): T {
  const fault = findFault(value, schema);
  if (fault !== undefined) throw badRequest(`JSON does not validate: ${fault}`);
  return value as T;
}
