import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TestService } from "./service.ts";

const json = "application/json";
const bytes = (...values: number[]) => new Uint8Array(values);
const nested = (depth: number) => `{"name":${"[".repeat(depth)}${"]".repeat(depth)}}`;

/** Content and fields that are wrong: the API's own error form, in no time. */
const rows: readonly {
  says: string;
  method?: string;
  target?: string;
  content?: string | Uint8Array;
  headers?: Record<string, string>;
  status: number;
  detail?: RegExp;
}[] = [
  { says: "no JSON", content: "{", status: 400, detail: /Malformed JSON/ },
  {
    says: "nothing where JSON is needed",
    content: "",
    headers: { "content-type": json },
    status: 400,
    detail: /Malformed JSON/,
  },
  { says: "NaN", content: '{"name": NaN}', status: 400, detail: /Malformed JSON/ },
  { says: "a byte-order mark", content: '\ufeff{"name":"a"}', status: 400, detail: /Malformed JSON/ },
  {
    says: "UTF-16",
    content: new Uint8Array(Buffer.from('{"name":"a"}', "utf16le")),
    status: 400,
    detail: /Malformed JSON/,
  },
  { says: "octets that are no UTF-8", content: bytes(0x22, 0xff, 0xfe, 0x22), status: 400, detail: /Malformed JSON/ },
  { says: "JSON a million deep", content: nested(1_000_000), status: 400, detail: /is not of type 'string'/ },
  {
    says: "a name of 15 million characters",
    content: `{"name":"${"x".repeat(15_000_000)}"}`,
    status: 400,
    detail: /is too long/,
  },
  { says: "half of a surrogate pair", content: '{"name":"\\ud800"}', status: 400, detail: /surrogate/ },
  {
    says: "a member of the prototype",
    content: '{"name":"a","__proto__":{"x":1}}',
    status: 400,
    detail: /'__proto__' was unexpected/,
  },
  {
    says: "100,000 unknown members",
    content: JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i]))),
    status: 400,
  },
  { says: "a list", content: "[]", status: 400, detail: /is not of type 'object'/ },
  { says: "the last of duplicate keys counts", content: '{"name":"","name":"twice"}', status: 201 },
  {
    says: "another media type",
    content: "{}",
    headers: { "content-type": "text/plain" },
    status: 415,
    detail: /text\/plain is not supported, use application\/json/,
  },
  { says: "a media type in upper case", content: "{}", headers: { "content-type": "Application/JSON" }, status: 415 },
  {
    says: "a media type with parameters",
    content: '{"name":"charset"}',
    headers: { "content-type": `${json}; charset=utf-8` },
    status: 201,
  },
  {
    says: "no media type",
    content: "{}",
    headers: { "content-type": "" },
    status: 400,
    detail: /content-type header required/,
  },
  {
    says: "no media type on a path that does not exist",
    target: "/nope",
    content: "{}",
    headers: { "content-type": "" },
    status: 400,
  },
  { says: "neither content nor media type", content: "", status: 415, detail: /The media type None is not supported/ },
  {
    says: "a query that is no UTF-8",
    method: "GET",
    target: "/resource_providers?name=%ff",
    status: 400,
    detail: /Invalid query string parameters/,
  },
  { says: "percent signs that encode nothing", method: "GET", target: "/resource_providers?name=%zz%", status: 200 },
  {
    says: "an unknown parameter",
    method: "GET",
    target: "/resource_providers?nme=x",
    status: 400,
    detail: /'nme' was unexpected/,
  },
  {
    says: "limit=abc&limit=5",
    method: "GET",
    target: "/allocation_candidates?resources=VCPU:1&limit=abc&limit=5",
    status: 400,
    detail: /'abc' does not match/,
  },
  {
    says: "a regular expression's nightmare",
    method: "GET",
    target: `/allocation_candidates?resources${"1".repeat(30_000)}!=VCPU:1`,
    status: 400,
  },
  {
    says: "an amount of a thousand digits",
    method: "GET",
    target: `/allocation_candidates?resources=VCPU:${"9".repeat(1000)}`,
    status: 200,
  },
  {
    says: "2,000 groups",
    method: "GET",
    target: `/allocation_candidates?group_policy=none&${Array.from({ length: 2000 }, (_, i) => `resources${i + 1}=VCPU:1`).join("&")}`,
    status: 200,
  },
  {
    says: "60,000 brackets in a path",
    method: "GET",
    target: `/resource_providers/${"<".repeat(60_000)}`,
    status: 404,
  },
  {
    says: "60,000 breaks in a path",
    method: "GET",
    target: `/resource_providers/${"<br".repeat(20_000)}`,
    status: 404,
  },
  {
    says: "a version after 60,000 spaces",
    method: "GET",
    target: "/",
    headers: { "openstack-api-version": `placement b${" ".repeat(60_000)}c` },
    status: 400,
  },
  { says: "an unknown path", method: "GET", target: "/nope", status: 404 },
  { says: "a slash too many", method: "GET", target: "/resource_providers/", status: 404 },
  {
    says: "an encoded slash is a slash",
    method: "GET",
    target: "/resource_providers%2Fx",
    status: 404,
    detail: /No resource provider with uuid x found/,
  },
  { says: "a path that is no UTF-8", method: "GET", target: "/resource_providers/%ff", status: 404 },
  {
    says: "markup in a path does not come back",
    method: "GET",
    target: "/resource_providers/%3Cscript%3E",
    status: 404,
    detail: /with uuid {2}found|with uuid found/,
  },
  {
    says: "nor markup after a letter that is two in lower case",
    method: "GET",
    target: "/resource_providers/%C4%B0%C4%B0%3Cbr%3Ex",
    status: 404,
    detail: /with uuid İİ\s*x found/,
  },
  {
    says: "nor a tag after such letters",
    method: "GET",
    target: `/resource_providers/${"%C4%B0".repeat(3)}%3Cscript%3E`,
    status: 404,
    detail: /with uuid İİİ ?found/,
  },
];

describe("placement: bad input has the API's own error form", () => {
  for (const { says, method = "POST", target = "/resource_providers", content = "", headers, status, detail } of rows)
    test(`${says}: ${status}`, async () => {
      const service = await TestService.start();
      const started = performance.now();
      const answer = await service.ask(method, target, {
        version: "1.39",
        content,
        ...(headers === undefined ? {} : { headers }),
      });
      assert.equal(answer.status, status === 201 ? 200 : status, answer.text.slice(0, 300));
      assert.ok(performance.now() - started < 3000, "within a bounded time");
      if (status < 400) return;
      const [error] = answer.json.errors;
      assert.deepEqual([error.status, typeof error.title, typeof error.request_id], [status, "string", "string"]);
      assert.ok(
        error.detail.length < 5000 + target.length + (headers?.["openstack-api-version"]?.length ?? 0) * 2,
        "a sentence",
      );
      if (detail !== undefined) assert.match(error.detail, detail);
    });

  const inventories: readonly { says: string; inventory: unknown; status: number; name?: string }[] = [
    { says: "a ratio that is no number", inventory: { total: 1, allocation_ratio: "1" }, status: 400 },
    { says: "a ratio too large to be one", inventory: { total: 1, allocation_ratio: 1e39 }, status: 400 },
    { says: "a negative ratio", inventory: { total: 10, allocation_ratio: -1 }, status: 400 },
    { says: "more reserved than there is", inventory: { total: 1, reserved: 2 }, status: 400 },
    { says: "no object under a name that no class can have", inventory: 5, name: "vcpu", status: 400 },
    { says: "null under such a name", inventory: null, name: "__proto__", status: 400 },
    { says: "max_unit below min_unit", inventory: { total: 8, min_unit: 4, max_unit: 2 }, status: 200 },
  ];
  for (const { says, inventory, status, name = "VCPU" } of inventories)
    test(`an inventory with ${says}: ${status}`, async () => {
      const service = await TestService.start();
      const host = await service.provider("host");
      const content = `{"resource_provider_generation":0,"inventories":{"${name}":${JSON.stringify(inventory)}}}`;
      const answer = await service.ask("PUT", `/resource_providers/${host}/inventories`, { version: "1.39", content });
      assert.equal(answer.status, status, answer.text);
      if (name !== "VCPU") assert.match(answer.json.errors[0].detail, /No such resource class/);
    });

  test("a bug in here is a 500 that says where to look, and nothing of what went wrong", async () => {
    const told: unknown[] = [];
    const service = await TestService.start({
      authenticate: () => {
        throw new TypeError("secret");
      },
      onError: (error) => told.push(error),
    });
    const answer = await service.ask("GET", "/traits", { version: "1.39" });
    assert.equal(answer.status, 500);
    assert.ok(!answer.text.includes("secret"));
    assert.match(answer.json.errors[0].detail, new RegExp(answer.json.errors[0].request_id));
    assert.equal(told.length, 1);
  });

  test("candidates stop at the limit that is configured", async () => {
    const service = await TestService.start({ candidates: { maxCandidates: 7 } });
    for (let n = 0; n < 20; n++) await service.provider(`host ${n}`, { inventories: { VCPU: 4 } });
    const { json: found } = await service.must("GET", "/allocation_candidates?resources=VCPU:1");
    assert.equal(found.allocation_requests.length, 7);
  });
});
