/** What bodies and queries must look like, by microversion; found by the functions that take a {@link Version}. */
import type { Schema } from "./json-schema.ts";
import type { Version } from "./versions.ts";

const uuidKey = "^[0-9a-fA-F-]{36}$";
const name = "^[A-Z0-9_]+$";
const customName = "^CUSTOM_[A-Z0-9_]+$";
const largestInteger = 2 ** 31 - 1;

const integer: Schema = { type: "integer" };
const text: Schema = { type: "string" };
const identifier: Schema = { type: "string", minLength: 1, maxLength: 255 };
const uuid: Schema = { type: "string", format: "uuid" };
const dashedUuid: Schema = { type: "string", format: "uuid-dashed" };

/** What every object of the API is: these members, no others. */
const object = (properties: Record<string, Schema>, required: readonly string[] = []): Schema => ({
  type: "object",
  properties,
  ...(required.length > 0 ? { required } : {}),
  additionalProperties: false,
});

const parent: Schema = { anyOf: [uuid, { type: "null" }] };
const providerName: Schema = { type: "string", maxLength: 200 };

export const newProvider = ({ has }: Version): Schema =>
  object({ name: providerName, uuid, ...(has.nestedProviders ? { parent_provider_uuid: parent } : {}) }, ["name"]);

export const changedProvider = ({ has }: Version): Schema =>
  object({ name: providerName, ...(has.nestedProviders ? { parent_provider_uuid: parent } : {}) }, ["name"]);

export const providersQuery = ({ has }: Version): Schema =>
  object({
    name: text,
    uuid: dashedUuid,
    ...(has.providersMemberOf ? { member_of: text } : {}),
    ...(has.providersResources ? { resources: text } : {}),
    ...(has.nestedProviders ? { in_tree: dashedUuid } : {}),
    ...(has.providersRequired ? { required: text } : {}),
  });

export const resourceClass = object({ name: { type: "string", pattern: customName, maxLength: 255 } }, ["name"]);

export const customTrait: Schema = { type: "string", minLength: 1, maxLength: 255, pattern: customName };

export const traitsQuery = object({ name: text, associated: text });

export const providerTraits = object(
  { traits: { type: "array", items: identifier }, resource_provider_generation: integer },
  ["traits", "resource_provider_generation"],
);

const aggregateList: Schema = { type: "array", items: uuid, uniqueItems: true };

export const aggregates = ({ has }: Version): Schema =>
  has.aggregatesGeneration
    ? object({ aggregates: aggregateList, resource_provider_generation: integer }, [
        "aggregates",
        "resource_provider_generation",
      ])
    : aggregateList;

const from = (minimum: number): Schema => ({ type: "integer", maximum: largestInteger, minimum });

const inventoryFields: Readonly<Record<string, Schema>> = {
  resource_provider_generation: integer,
  total: from(1),
  reserved: from(0),
  min_unit: from(1),
  max_unit: from(1),
  step_size: from(1),
  allocation_ratio: { type: "number", maximum: 3.40282e38 },
};

export const newInventory = object({ ...inventoryFields, resource_class: { type: "string", pattern: name } }, [
  "total",
  "resource_class",
]);

export const oneInventory = object(inventoryFields, ["total", "resource_provider_generation"]);

/** One inventory among several. */
export const inventoryRecord = object(inventoryFields, ["total"]);

export const inventories = object(
  {
    resource_provider_generation: integer,
    inventories: { type: "object", patternProperties: { [name]: inventoryRecord } },
  },
  ["resource_provider_generation", "inventories"],
);

const resources: Schema = {
  type: "object",
  minProperties: 1,
  patternProperties: { [name]: { type: "integer", minimum: 1 } },
  additionalProperties: false,
};

const allocationList: Schema = {
  type: "array",
  minItems: 1,
  items: object({ resource_provider: object({ uuid }, ["uuid"]), resources }, ["resource_provider", "resources"]),
};

const allocationsByProvider = (least: 0 | 1): Schema => ({
  type: "object",
  minProperties: least,
  patternProperties: { [uuidKey]: object({ generation: integer, resources }, ["resources"]) },
  additionalProperties: false,
});

/** unanchored, as upstream has it: any key that holds a letter passes */
const mappings: Schema = {
  type: "object",
  minProperties: 1,
  patternProperties: { "[a-zA-Z0-9_-]{1,64}": { type: "array", minItems: 1, items: uuid } },
};

const consumerType: Schema = { type: "string", pattern: name, minLength: 1, maxLength: 255 };

/** What one consumer is to hold, keyed by provider (1.12 and later). */
function consumerAllocations({ has }: Version, allocations: Schema): Schema {
  const properties: Record<string, Schema> = { allocations, project_id: identifier, user_id: identifier };
  if (has.consumerGeneration) properties.consumer_generation = { type: ["integer", "null"] };
  const required = Object.keys(properties);
  if (has.mappings) properties.mappings = mappings;
  if (has.consumerTypes) {
    properties.consumer_type = consumerType;
    required.push("consumer_type");
  }
  return { type: "object", properties, additionalProperties: false, required };
}

/** The body of PUT /allocations/{consumer}. */
export function allocations(version: Version): Schema {
  const { has } = version;
  if (has.allocationsByProvider)
    return consumerAllocations(version, allocationsByProvider(has.consumerGeneration ? 0 : 1));
  return has.projectAndUser
    ? object({ allocations: allocationList, project_id: identifier, user_id: identifier }, [
        "allocations",
        "project_id",
        "user_id",
      ])
    : object({ allocations: allocationList }, ["allocations"]);
}

/** The body of POST /allocations, and `allocations` of POST /reshaper. */
const allocationsByConsumer = (version: Version, least: 0 | 1): Schema => ({
  type: "object",
  minProperties: least,
  additionalProperties: false,
  patternProperties: { [uuidKey]: consumerAllocations(version, allocationsByProvider(0)) },
});

export const manyAllocations = (version: Version): Schema => allocationsByConsumer(version, 1);

export const reshaper = (version: Version): Schema =>
  object(
    {
      inventories: {
        type: "object",
        patternProperties: { [uuidKey]: inventories },
        minProperties: 1,
        additionalProperties: false,
      },
      allocations: allocationsByConsumer(version, 0),
    },
    ["inventories", "allocations"],
  );

export const usagesQuery = ({ has }: Version): Schema =>
  object(
    {
      project_id: identifier,
      user_id: identifier,
      ...(has.consumerTypes ? { consumer_type: { ...identifier, pattern: `${name}|^all|^unknown$` } } : {}),
    },
    ["project_id"],
  );

export function candidatesQuery({ has }: Version): Schema {
  const properties: Record<string, Schema> = {};
  if (has.limit) properties.limit = { type: ["integer", "string"], pattern: "^[1-9][0-9]*$", minLength: 1 };
  if (!has.granularGroups) {
    properties.resources = text;
    if (has.candidatesRequired) properties.required = text;
    if (has.candidatesMemberOf) properties.member_of = text;
    return object(properties, ["resources"]);
  }
  properties.group_policy = { type: "string", enum: ["none", "isolate"] };
  if (has.rootRequired) properties.root_required = text;
  if (has.sameSubtree) properties.same_subtree = text;
  const suffix = has.namedGroups ? "([a-zA-Z0-9_-]{1,64})" : "([1-9][0-9]*)";
  const groupKeys = ["resources", "required", "member_of", ...(has.candidatesInTree ? ["in_tree"] : [])];
  return {
    type: "object",
    properties,
    additionalProperties: false,
    patternProperties: Object.fromEntries(groupKeys.map((key) => [`^${key}${suffix}?$`, text])),
  };
}
