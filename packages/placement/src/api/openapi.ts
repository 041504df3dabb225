import type { Input } from "./input.ts";
import type { Schema } from "./json-schema.ts";
import type { Route } from "./routes.ts";
import { newestVersion, versions } from "./versions.ts";

/** The API's reference as OpenAPI 3.1, made from the table of routes and their schemas. */
export function openapi(routes: readonly Route[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] ??= pathItem(route.path);
    paths[route.path]![route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "OpenStack Placement API, by Larder",
      version: newestVersion.text,
      description:
        "Schemas are those of the newest microversion; `x-openstack-schemas` has those of older ones, `x-openstack-since` says from which microversion on an operation exists. From 1.15 on every GET has a strong entity tag and answers If-None-Match; writes obey If-Match.",
    },
    paths,
    components,
    security: [{ token: [] }],
  };
}

const components = {
  securitySchemes: { token: { type: "apiKey", in: "header", name: "X-Auth-Token" } },
  parameters: {
    version: {
      name: "OpenStack-API-Version",
      in: "header",
      description: "`placement 1.N`, or `placement latest`; 1.0 where it is absent",
      schema: { type: "string" },
    },
  },
  schemas: {
    Errors: {
      type: "object",
      required: ["errors"],
      properties: {
        errors: {
          type: "array",
          items: {
            type: "object",
            required: ["status", "title", "detail", "request_id"],
            properties: {
              status: { type: "integer" },
              title: { type: "string" },
              detail: { type: "string" },
              request_id: { type: "string" },
              code: { type: "string", description: "from 1.23" },
              max_version: { type: "string" },
              min_version: { type: "string" },
            },
          },
        },
      },
    },
  },
  responses: {
    Refused: {
      description: "Why it was refused",
      content: { "application/json": { schema: { $ref: "#/components/schemas/Errors" } } },
    },
  },
};

function pathItem(path: string): Record<string, unknown> {
  const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
  const own = names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  return { parameters: [...own, { $ref: "#/components/parameters/version" }] };
}

function operation({ method, path, since, rule, input, handler }: Route): Record<string, unknown> {
  const words = handler.name.replace(/([A-Z])/g, " $1").toLowerCase();
  return {
    operationId: handler.name,
    summary: words[0]!.toUpperCase() + words.slice(1),
    "x-openstack-since": `1.${since}`,
    ...(rule === undefined ? { security: [] } : { "x-openstack-policy": rule }),
    ...(input?.kind === "query" ? { parameters: queryParameters(input.schema(newestVersion)) } : {}),
    ...(input?.kind === "body" ? bodies(input) : {}),
    responses: responses(method, path),
  };
}

function queryParameters({ properties = {}, patternProperties = {}, required = [] }: Schema): unknown[] {
  const own = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
  const groups = Object.entries(patternProperties).map(([pattern, schema]) => ({
    name: /^\^(\w+)/.exec(pattern)![1]!,
    in: "query",
    description: `also with the suffix of a group: ${pattern}`,
    schema,
  }));
  return [...own, ...groups];
}

/** The newest schema, and each older one with the microversions that have it. */
function bodies(input: Input): Record<string, unknown> {
  const applying = versions.filter(input.applies);
  const ranges: { from: string; to: string; schema: Schema }[] = [];
  for (const version of applying) {
    const schema = input.schema(version);
    const last = ranges.at(-1);
    if (last !== undefined && JSON.stringify(last.schema) === JSON.stringify(schema)) last.to = version.text;
    else ranges.push({ from: version.text, to: version.text, schema });
  }
  const newest = ranges.at(-1)!;
  const required = newest.to === newestVersion.text;
  return {
    requestBody: { required, content: { "application/json": { schema: newest.schema } } },
    ...(ranges.length > 1 ? { "x-openstack-schemas": ranges.slice(0, -1) } : {}),
  };
}

function responses(method: Route["method"], path: string): Record<string, unknown> {
  const json = { content: { "application/json": { schema: { type: "object" } } } };
  const refused = { default: { $ref: "#/components/responses/Refused" } };
  if (method === "DELETE") return { "204": { description: "Done" }, ...refused };
  if (method !== "GET") return { "2XX": { description: "Done" }, ...refused };
  const found =
    path === "/traits/{name}" ? { "204": { description: "It exists" } } : { "200": { description: "Found", ...json } };
  return { ...found, "304": { description: "As the entity tag in If-None-Match says" }, ...refused };
}
