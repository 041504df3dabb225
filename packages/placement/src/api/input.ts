import type { Schema } from "./json-schema.ts";
import type { Feature, Version } from "./versions.ts";

/** What a route reads: content or query, and what it must look like in each microversion. */
export interface Input {
  readonly kind: "body" | "query";
  readonly schema: (version: Version) => Schema;
  /** whether it is read in this microversion */
  readonly applies: (version: Version) => boolean;
}

type SchemaOf = Schema | ((version: Version) => Schema);

/** JSON content. @param until the feature with which it is no longer read */
export const body = (schema: SchemaOf, until?: Feature): Input => ({
  kind: "body",
  schema: byVersion(schema),
  applies: ({ has }) => until === undefined || !has[until],
});

/** The query string, each key with its last value. */
export const query = (schema: SchemaOf): Input => ({ kind: "query", schema: byVersion(schema), applies: () => true });

/** A schema for each microversion, made once. */
function byVersion(schema: SchemaOf): (version: Version) => Schema {
  if (typeof schema !== "function") return () => schema;
  const made: Schema[] = [];
  return (version) => {
    made[version.minor] ??= schema(version);
    return made[version.minor]!;
  };
}
