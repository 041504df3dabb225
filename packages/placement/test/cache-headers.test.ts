import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TestService, uuid } from "./service.ts";

const second = 1000;
const httpDate = (ms: number): string => new Date(ms).toUTCString();

/** One of everything, each a minute after the other, so that every time tells where it comes from. */
async function cloud() {
  const service = await TestService.start();
  const born = service.now;
  const minute = (n: number) => born + n * 60 * second;
  const at = async (n: number, act: () => Promise<unknown>) => {
    service.now = minute(n);
    return await act();
  };
  await at(1, () => service.must("PUT", "/traits/CUSTOM_A"));
  await at(2, () => service.must("PUT", "/resource_classes/CUSTOM_C"));
  let host = "";
  await at(3, async () => (host = await service.provider("host", { traits: ["CUSTOM_A", "COMPUTE_NODE"] })));
  let empty = "";
  await at(4, async () => (empty = await service.provider("empty")));
  const inventories = { VCPU: { total: 8 }, MEMORY_MB: { total: 1024 } };
  await at(5, () =>
    service.must("PUT", `/resource_providers/${host}/inventories`, {
      body: { resource_provider_generation: 1, inventories },
    }),
  );
  await at(6, () => service.allocate(uuid(1), host, { VCPU: 2 }));
  service.now = minute(60);
  return { service, host, empty, born, minute };
}

type Cloud = Awaited<ReturnType<typeof cloud>>;

interface Row {
  readonly get: (cloud: Cloud) => string;
  /** what Last-Modified says from 1.15 on; undefined = the field is not there */
  readonly modified: (cloud: Cloud) => number | undefined;
  readonly because: string;
  readonly status?: 204;
  /** older microversions answer 404 */
  readonly since?: number;
}

const now = ({ minute }: Cloud) => minute(60);
const rp = (tail: string) => (cloud: Cloud) => `/resource_providers/${cloud.host}${tail}`;
const bare = (tail: string) => (cloud: Cloud) => `/resource_providers/${cloud.empty}${tail}`;

const rows: readonly Row[] = [
  { get: () => "/", modified: now, because: "composed" },
  { get: () => "/resource_classes", modified: ({ minute }) => minute(2), because: "newest of the collection" },
  { get: () => "/resource_classes/VCPU", modified: ({ born }) => born, because: "the entity" },
  { get: () => "/resource_classes/CUSTOM_C", modified: ({ minute }) => minute(2), because: "the entity" },
  { get: () => "/resource_providers", modified: ({ minute }) => minute(6), because: "newest of the collection" },
  {
    get: () => "/resource_providers?name=empty",
    modified: ({ minute }) => minute(4),
    because: "newest of what is shown",
  },
  { get: () => "/resource_providers?name=none", modified: now, because: "an empty collection" },
  { get: rp(""), modified: ({ minute }) => minute(6), because: "the entity: its generation rose with the allocation" },
  { get: bare(""), modified: ({ minute }) => minute(4), because: "the entity" },
  { get: rp("/inventories"), modified: ({ minute }) => minute(5), because: "newest of the collection" },
  { get: bare("/inventories"), modified: () => undefined, because: "no inventory, no time: as upstream" },
  { get: rp("/inventories/VCPU"), modified: ({ minute }) => minute(5), because: "the entity" },
  { get: rp("/usages"), modified: now, because: "composed" },
  { get: rp("/aggregates"), modified: now, because: "associations have no time" },
  {
    get: rp("/traits"),
    modified: ({ minute }) => minute(1),
    because: "newest of the definitions, not of the association",
  },
  { get: bare("/traits"), modified: now, because: "an empty collection" },
  { get: rp("/allocations"), modified: ({ minute }) => minute(6), because: "newest of the collection" },
  { get: bare("/allocations"), modified: now, because: "an empty collection" },
  { get: () => `/allocations/${uuid(1)}`, modified: ({ minute }) => minute(6), because: "newest of the collection" },
  { get: () => `/allocations/${uuid(9)}`, modified: now, because: "an empty collection" },
  { get: () => "/allocation_candidates?resources=VCPU:1", modified: now, because: "composed" },
  { get: () => "/traits", modified: ({ minute }) => minute(1), because: "newest of the collection" },
  { get: () => "/traits?name=startswith:NONE", modified: now, because: "an empty collection" },
  { get: () => "/traits/CUSTOM_A", modified: ({ minute }) => minute(1), because: "the entity", status: 204 },
  { get: () => "/usages?project_id=project", modified: now, because: "composed" },
  { get: () => "/openapi.json", modified: now, because: "composed" },
];

describe("placement:minimum-cache-headers every GET at 1.14 and 1.15", () => {
  for (const { get, modified, because, status = 200 } of rows)
    test(`${get({ host: "{host}", empty: "{empty}" } as Cloud)}: ${because}`, async () => {
      const known = await cloud();
      const target = get(known);
      const before = await known.service.ask("GET", target, { version: "1.14" });
      assert.equal(before.status, status, before.text);
      for (const name of ["last-modified", "cache-control", "etag"])
        assert.equal(before.headers[name], undefined, name);
      const after = await known.service.ask("GET", target, { version: "1.15" });
      assert.equal(after.status, status);
      assert.equal(after.headers["cache-control"], "no-cache");
      assert.match(after.headers.vary ?? "", /openstack-api-version/);
      const time = modified(known);
      assert.equal(after.headers["last-modified"], time === undefined ? undefined : httpDate(time));
      if (target !== "/openapi.json") assert.match(after.headers.etag ?? "", /^"[\w,-]+"$/);
    });

  test("every GET of the table of routes has a row", async () => {
    const known = await cloud();
    const { paths } = (await known.service.ask("GET", "/openapi.json")).json;
    const patterns = Object.entries(paths)
      .filter(([, item]) => "get" in (item as object))
      .map(([path]) => new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`));
    const targets = rows.map(({ get }) => get(known).replace(/\?.*/, ""));
    assert.deepEqual(
      patterns.filter((pattern) => !targets.some((target) => pattern.test(target))),
      [],
    );
  });
});

describe("9110:13 conditions on GET", () => {
  for (const { get, status = 200 } of rows.filter(({ get }) => get({} as Cloud) !== "/openapi.json"))
    test(`304 for ${get({ host: "{host}", empty: "{empty}" } as Cloud)}`, async () => {
      const known = await cloud();
      const target = get(known);
      const first = await known.service.ask("GET", target, { version: "1.39" });
      const { etag } = first.headers;
      known.service.now += 5 * second;
      const again = await known.service.ask("GET", target, { version: "1.39", headers: { "if-none-match": etag! } });
      assert.deepEqual([again.status, again.text, again.headers.etag], [304, "", etag]);
      assert.equal(again.headers["cache-control"], "no-cache");
      assert.match(again.headers.vary ?? "", /openstack-api-version/);
      const other = await known.service.ask("GET", target, {
        version: "1.39",
        headers: { "if-none-match": '"other"' },
      });
      assert.deepEqual([other.status, other.text], [status, first.text]);
      const older = await known.service.ask("GET", target, { version: "1.15", headers: { "if-none-match": etag! } });
      assert.equal(older.status, status, "a tag of one microversion says nothing about another");
      const unaware = await known.service.ask("GET", target, { version: "1.14", headers: { "if-none-match": etag! } });
      assert.equal(unaware.status, status, "below 1.15 there are no conditions");
    });

  test("what is asked for first must still be allowed, and be there", async () => {
    const { service, host } = await cloud();
    const target = `/resource_providers/${host}`;
    const { etag } = (await service.ask("GET", target, { version: "1.39" })).headers;
    const condition = { "if-none-match": etag! };
    const nobody = await service.ask("GET", target, {
      version: "1.39",
      headers: { ...condition, "x-auth-token": "nobody" },
    });
    assert.equal(nobody.status, 403);
    const gone = await service.ask("GET", `/resource_providers/${uuid(404)}`, { version: "1.39", headers: condition });
    assert.equal(gone.status, 404);
    const star = await service.ask("GET", target, { version: "1.39", headers: { "if-none-match": "*" } });
    assert.equal(star.status, 304);
  });

  test("If-Modified-Since is not looked at: seconds are too coarse, and some times do not move", async () => {
    const { service, host } = await cloud();
    const since = { "if-modified-since": httpDate(service.now + 3600 * second) };
    const answer = await service.ask("GET", `/resource_providers/${host}/traits`, { version: "1.39", headers: since });
    assert.equal(answer.status, 200);
  });

  test("validators = upstream: no tags, no conditions", async () => {
    const service = await TestService.start({ validators: "upstream" });
    const answer = await service.ask("GET", "/traits", { version: "1.39", headers: { "if-none-match": "*" } });
    assert.deepEqual([answer.status, answer.headers.etag], [200, undefined]);
    assert.equal(answer.headers["cache-control"], "no-cache");
    const put = await service.ask("PUT", "/traits/CUSTOM_A", { version: "1.39", headers: { "if-match": '"x"' } });
    assert.equal(put.status, 201);
  });
});

describe("9110:13.1.1 If-Match and If-None-Match on writes", () => {
  const inventories = (generation: number) => ({
    resource_provider_generation: generation,
    inventories: { VCPU: { total: 16 } },
  });

  test("the tag of the last GET lets a write pass once", async () => {
    const { service, host } = await cloud();
    const target = `/resource_providers/${host}/inventories`;
    const { headers, json } = await service.ask("GET", target, { version: "1.39" });
    const generation = json.resource_provider_generation;
    const ask = { version: "1.39", headers: { "if-match": headers.etag! } };
    const body = { ...inventories(generation), inventories: { VCPU: { total: 9 }, MEMORY_MB: { total: 1 } } };
    assert.equal((await service.ask("PUT", target, { ...ask, body })).status, 200);
    const late = await service.ask("PUT", target, { ...ask, body: inventories(generation + 1) });
    assert.equal(late.status, 412, late.text);
    assert.match(late.json.errors[0].detail, /If-Match/);
    const kept = (await service.ask("GET", target, { version: "1.39" })).json;
    assert.equal(kept.inventories.VCPU.total, 9, "nothing of the refused write is kept");
  });

  const conditions: readonly {
    says: string;
    method: string;
    path: string;
    headers: Record<string, string>;
    status: number;
  }[] = [
    { says: "create only", method: "PUT", path: "/traits/CUSTOM_NEW", headers: { "if-none-match": "*" }, status: 201 },
    {
      says: "it is there already",
      method: "PUT",
      path: "/traits/CUSTOM_A",
      headers: { "if-none-match": "*" },
      status: 412,
    },
    { says: "any state will do", method: "PUT", path: "/traits/CUSTOM_A", headers: { "if-match": "*" }, status: 204 },
    { says: "there is none", method: "PUT", path: "/traits/CUSTOM_NEW", headers: { "if-match": "*" }, status: 412 },
    {
      says: "a weak tag never matches",
      method: "DELETE",
      path: "/resource_classes/CUSTOM_C",
      headers: { "if-match": 'W/"x"' },
      status: 412,
    },
    {
      says: "the API's own refusal comes first",
      method: "DELETE",
      path: "/traits/CUSTOM_NONE",
      headers: { "if-match": '"x"' },
      status: 404,
    },
  ];
  for (const { says, method, path, headers, status } of conditions)
    test(`${says}: ${method} ${path} with ${JSON.stringify(headers)}`, async () => {
      const { service } = await cloud();
      assert.equal((await service.ask(method, path, { version: "1.39", headers })).status, status);
      const old = await service.ask(method, path, { version: "1.14", headers });
      assert.notEqual(old.status, 412, "below 1.15 there are no conditions");
    });
});
