// Requests as they should not be: odd methods and paths, tokens, media types, versions, content that is no JSON.
import * as fc from "fast-check";
import { type Call, callsOf } from "./call.ts";
import { building, kinds } from "./kinds.ts";

const any = (of: typeof kinds): fc.Arbitrary<Call> =>
  fc.oneof(...of.map((one) => ({ weight: one.weight, arbitrary: callsOf(one) })));

const altered = (name: string, of: typeof kinds, changes: fc.Arbitrary<Partial<Call>>): fc.Arbitrary<Call> =>
  fc.tuple(any(of), changes).map(([call, change]) => ({ ...call, ...change, kind: name }));

const fields = (name: string, ...values: (string | undefined)[]): fc.Arbitrary<Partial<Call>> =>
  fc.constantFrom(...values).map((value) => ({ fields: { [name]: value } }));

/** Each with about the same chance. */
export const strange: readonly fc.Arbitrary<Call>[] = [
  altered(
    "another method",
    kinds,
    fc.constantFrom("PATCH", "POST", "DELETE", "PUT", "OPTIONS", "HEAD").map((method) => ({ method })),
  ),
  altered(
    "unknown path",
    kinds,
    fc.constantFrom("/nothing", "/resource_providers/", "/traits/a/b").map((path) => ({ path })),
  ),
  altered("no token", kinds, fields("x-auth-token", undefined, "")),
  altered("another user", kinds, fields("x-auth-token", "user0", "user0:@project0@")),
  altered("roles", kinds, fields("x-roles", "reader", "service", "member,reader", "")),
  altered("system scope", kinds, fields("openstack-system-scope", "all")),
  altered(
    "accept",
    kinds,
    fields("accept", "text/html", "text/plain", "*/*", "application/json;q=0.5", "image/png", "application/*", ""),
  ),
  altered(
    "content type",
    building,
    fields("content-type", "text/plain", "application/json; charset=utf-8", "Application/JSON", "", undefined),
  ),
  altered("conditions", kinds, fields("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT", "nonsense")),
  altered(
    "version field",
    kinds,
    fc
      .constantFrom(
        ...[
          "latest",
          "placement latest",
          "placement LATEST",
          "placement 1.05",
          "PLACEMENT 1.10",
          "placement 1.40",
          "placement 0.9",
          "placement 2.0",
        ],
        ...[
          "placement 1.2.3",
          "placement x",
          "placement",
          "compute 2.1",
          "compute 2.1, placement 1.3",
          "placement 1.2, placement 1.30",
          "1.4",
          "",
        ],
        undefined,
      )
      .map((version) => ({ version })),
  ),
  altered(
    "content",
    building,
    fc
      .constantFrom(
        "",
        "{",
        "nonsense",
        '{"a":1,}',
        "[]",
        "null",
        "1",
        '"text"',
        '{"name": "name-1", "name": "name-2", "uuid": "11111111-0000-4000-8000-000000000000"}',
        "\u{feff}{}",
      )
      .map((body) => ({ body })),
  ),
];
