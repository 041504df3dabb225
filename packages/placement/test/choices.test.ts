import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { TestService, uuid } from "./service.ts";

const ask = { version: "1.39" } as const;
const put = (resources: object | undefined, generation: number | null, provider: string) => ({
  allocations: resources === undefined ? {} : { [provider]: { resources } },
  project_id: "p",
  user_id: "u",
  consumer_generation: generation,
  consumer_type: "INSTANCE",
});

/** Ways to satisfy a request: for each, what is taken where, by the providers' names. */
async function candidates(service: TestService, query: string): Promise<string[]> {
  const names = new Map<string, string>();
  const { resource_providers } = (await service.must("GET", "/resource_providers")).json;
  for (const { uuid: own, name } of resource_providers) names.set(own, name);
  const { json } = await service.must("GET", `/allocation_candidates?${query}`);
  return json.allocation_requests
    .map(
      ({
        allocations,
        mappings,
      }: {
        allocations: Record<string, { resources: object }>;
        mappings: Record<string, string[]>;
      }) => {
        const taken = Object.entries(allocations).map(
          ([own, { resources }]) => `${names.get(own)} ${JSON.stringify(resources)}`,
        );
        const groups = Object.entries(mappings).map(
          ([suffix, own]) => `${suffix}=${own.map((one) => names.get(one)).sort()}`,
        );
        return `${taken.sort().join(" ")} | ${groups.sort().join(" ")}`;
      },
    )
    .sort();
}

const tests: Readonly<Record<string, (service: TestService) => Promise<void>>> = {
  "no internal errors": async (service) => {
    const query = "/allocation_candidates?resources=VCPU:1&limit";
    assert.equal((await service.ask("GET", `${query}=abc&limit=5`, ask)).status, 400);
    const host = await service.provider("host");
    const at = `/resource_providers/${host}/inventories`;
    for (const inventories of ['{"VCPU":{"total":1,"allocation_ratio":NaN}}', '{"vcpu":5}']) {
      const content = `{"resource_provider_generation":0,"inventories":${inventories}}`;
      assert.equal((await service.ask("PUT", at, { ...ask, content })).status, 400);
    }
    await service.must("GET", "/usages?project_id=p&consumer_type=unknown");
    await service.must("GET", "/allocation_candidates?resources=VCPU:1&required=!COMPUTE_NODE");
  },
  "no SQL in sentences": async (service) => {
    const host = await service.provider("host", { inventories: { VCPU: 1 } });
    const body = { resource_class: "VCPU", total: 2 };
    const answer = await service.ask("POST", `/resource_providers/${host}/inventories`, { ...ask, body });
    assert.equal(answer.status, 409);
    assert.match(answer.json.errors[0].detail, /Update conflict: Inventory of class VCPU already exists/);
    assert.equal(answer.json.errors[0].code, "placement.concurrent_update");
  },
  "no consumer without allocations": async (service) => {
    const host = await service.provider("host", { inventories: { VCPU: 4 } });
    const target = `/allocations/${uuid(1)}`;
    await service.must("PUT", target, { body: put(undefined, null, host) });
    await service.must("PUT", target, { body: put({ VCPU: 1 }, null, host) });
    await service.must("PUT", target, { body: put(undefined, 1, host) });
    await service.must("PUT", target, { body: put({ VCPU: 1 }, null, host) });
  },
  "Last-Modified of a changed provider is that of the change": async (service) => {
    const host = await service.provider("host");
    service.now += 60_000;
    const changed = await service.must("PUT", `/resource_providers/${host}`, { body: { name: "other" } });
    assert.equal(changed.headers["last-modified"], new Date(service.now).toUTCString());
    service.now += 60_000;
    const same = await service.must("PUT", `/resource_providers/${host}`, { body: { name: "other" } });
    assert.equal(same.headers["last-modified"], new Date(service.now - 60_000).toUTCString(), "nothing changed");
  },
  "unknown names are always noticed": async (service) => {
    await service.provider("host", { inventories: { VCPU: 4 } });
    for (const query of [
      "resources1=VCPU:100&resources2=CUSTOM_NONE:1&group_policy=none",
      "resources1=VCPU:100&resources2=VCPU:1&required2=CUSTOM_NONE&group_policy=none",
      `resources=VCPU:1&required=CUSTOM_NONE&in_tree=${uuid(404)}`,
    ])
      assert.equal((await service.ask("GET", `/allocation_candidates?${query}`, ask)).status, 400, query);
    const list = await service.ask("GET", `/resource_providers?in_tree=${uuid(404)}&required=CUSTOM_NONE`, ask);
    assert.equal(list.status, 400);
  },
  "amounts of one class in several groups add up": async (service) => {
    await service.provider("small", { inventories: { VCPU: 4 } });
    await service.provider("large", { inventories: { VCPU: 8 } });
    const query = "resources=VCPU:2&resources1=VCPU:3";
    assert.deepEqual(await candidates(service, query), ['large {"VCPU":5} | 1=large =large']);
  },
  "no candidate is lost where providers share": async (service) => {
    const aggregates = [uuid(77)];
    await service.provider("host", { inventories: { VCPU: 4 }, aggregates });
    for (const name of ["disk1", "disk2"])
      await service.provider(name, { inventories: { DISK_GB: 10 }, traits: ["MISC_SHARES_VIA_AGGREGATE"], aggregates });
    const query = "resources=VCPU:1,DISK_GB:1&resources1=DISK_GB:2&group_policy=none";
    assert.deepEqual(await candidates(service, query), [
      'disk1 {"DISK_GB":1} disk2 {"DISK_GB":2} host {"VCPU":1} | 1=disk2 =disk1,host',
      'disk1 {"DISK_GB":2} disk2 {"DISK_GB":1} host {"VCPU":1} | 1=disk1 =disk2,host',
      'disk1 {"DISK_GB":3} host {"VCPU":1} | 1=disk1 =disk1,host',
      'disk2 {"DISK_GB":3} host {"VCPU":1} | 1=disk2 =disk2,host',
    ]);
  },
  "groups without resources mean what they say": async (service) => {
    const root = await service.provider("root", { traits: ["COMPUTE_NODE"] });
    await service.provider("child", { inventories: { VCPU: 4 }, parent: root });
    const query = "resources_A=VCPU:1&required_B=!COMPUTE_NODE&same_subtree=_A,_B&group_policy=none";
    assert.deepEqual(await candidates(service, query), ['child {"VCPU":1} | _A=child _B=child']);
  },
  "strong entity tags from 1.15": async (service) => {
    const { etag } = (await service.must("GET", "/traits")).headers;
    assert.match(etag!, /^"[^"]+"$/);
    const again = await service.ask("GET", "/traits", { ...ask, headers: { "if-none-match": etag! } });
    assert.deepEqual([again.status, again.text], [304, ""]);
    const other = await service.ask("GET", "/traits", {
      ...ask,
      headers: { "if-none-match": etag!, "x-auth-token": "other", "x-roles": "service" },
    });
    assert.equal(other.status, 304, "the same for everybody who may see it");
  },
  "writes obey If-Match and If-None-Match": async (service) => {
    const host = await service.provider("host");
    const late = await service.ask("DELETE", `/resource_providers/${host}`, {
      ...ask,
      headers: { "if-match": '"old"' },
    });
    assert.equal(late.status, 412);
    const { etag } = (await service.must("GET", `/resource_providers/${host}`)).headers;
    await service.must("DELETE", `/resource_providers/${host}`, { headers: { "if-match": etag! } });
  },
  "conditions about time are not looked at": async (service) => {
    const past = new Date(0).toUTCString();
    const future = new Date(service.now + 1e9).toUTCString();
    assert.equal(
      (await service.ask("GET", "/traits", { ...ask, headers: { "if-modified-since": future } })).status,
      200,
    );
    await service.must("PUT", "/traits/CUSTOM_A", { headers: { "if-unmodified-since": past } });
  },
  "a reference at /openapi.json": async (service) => {
    const { json } = await service.ask("GET", "/openapi.json", { headers: { "x-auth-token": "" } });
    assert.equal(json.openapi, "3.1.0");
  },
  "too much is 413 or 431": async (service) => {
    // 413 and 431 themselves, over the wire: "9112 what is no request" in raw-requests.test.ts
    const groups = Array.from({ length: 500 }, (_, n) => `resources${n + 1}=VCPU:1`).join("&");
    for (let n = 0; n < 10; n++) await service.provider(`host${n}`, { inventories: { VCPU: 4 } });
    const answer = await service.ask("GET", `/allocation_candidates?group_policy=none&${groups}`, ask);
    assert.deepEqual([answer.status, answer.json.allocation_requests], [200, []]);
  },
  "what is no text is refused": async (service) => {
    const answer = await service.ask("POST", "/resource_providers", { ...ask, content: '{"name":"\\udc00"}' });
    assert.equal(answer.status, 400);
  },
  "what was wrong without the whole schema": async (service) => {
    const answer = await service.ask("POST", "/resource_providers", { ...ask, body: { name: 5 } });
    const { detail } = answer.json.errors[0];
    assert.match(
      detail,
      /JSON does not validate: 5 is not of type 'string' {2}Failed validating 'type' in schema\['properties'\]\['name'\] {2}On instance\['name'\]: {5}5 /,
    );
  },
  "the JSON parser's own words": async (service) => {
    const answer = await service.ask("POST", "/resource_providers", { ...ask, content: "{" });
    assert.match(answer.json.errors[0].detail, /Malformed JSON: \S/);
  },
  "lists inside of sentences are in order": async (service) => {
    const host = await service.provider("host");
    const body = { traits: ["CUSTOM_Z", "CUSTOM_A"], resource_provider_generation: 0 };
    const answer = await service.ask("PUT", `/resource_providers/${host}/traits`, { ...ask, body });
    assert.match(answer.json.errors[0].detail, /No such trait CUSTOM_Z, CUSTOM_A/);
  },
  "of several unknown names one is told": async (service) => {
    const answer = await service.ask("GET", "/resource_providers?required=CUSTOM_X,CUSTOM_Y", ask);
    assert.match(answer.json.errors[0].detail, /No such trait\(s\): CUSTOM_[XY]\./);
  },
  "prefixes of traits are exact": async (service) => {
    const traits = async (prefix: string) =>
      (await service.must("GET", `/traits?name=startswith:${prefix}`)).json.traits;
    assert.deepEqual(await traits("compute_"), []);
    assert.deepEqual(await traits("COMPUTE%25"), []);
    assert.ok((await traits("COMPUTE_")).length > 10);
  },
  "limited candidates are any candidates": async (service) => {
    for (const n of [1, 2, 3]) await service.provider(`host${n}`, { inventories: { VCPU: 4 } });
    const all = await candidates(service, "resources=VCPU:1");
    const some = await candidates(service, "resources=VCPU:1&limit=2");
    assert.deepEqual([all.length, some.length], [3, 2]);
    assert.ok(some.every((one) => all.includes(one)));
  },
  "JSON without spaces": async (service) => {
    assert.match((await service.ask("GET", "/", ask)).text, /^\{"versions":\[\{"id":"v1\.0",/);
  },
};

describe("placement: choices", () => {
  for (const [name, run] of Object.entries(tests)) test(name, async () => run(await TestService.start()));

  test("every heading of CHOICES.md has its test, and the other way round", () => {
    const text = readFileSync(new URL("../CHOICES.md", import.meta.url), "utf8");
    const headings = Array.from(text.matchAll(/^### (.+)$/gm), ([, heading]) => heading!);
    assert.deepEqual(headings.sort(), Object.keys(tests).sort());
  });
});
