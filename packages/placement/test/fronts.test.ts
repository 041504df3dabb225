import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cors, TestService } from "./service.ts";

const ask = { version: "1.39" } as const;

describe("placement:8 behind a proxy", () => {
  const rows: readonly {
    says: string;
    trust?: true;
    prefix?: string;
    target?: string;
    headers: Record<string, string>;
    location: string;
    href: string;
  }[] = [
    { says: "nothing said", headers: {}, location: "http://placement.example", href: "" },
    {
      says: "not trusted",
      headers: { "x-forwarded-proto": "https", "x-forwarded-host": "evil.example" },
      location: "http://placement.example",
      href: "",
    },
    {
      says: "X-Forwarded",
      trust: true,
      headers: { "x-forwarded-proto": "https", "x-forwarded-host": "cloud.example" },
      location: "https://cloud.example",
      href: "",
    },
    {
      says: "the first of several",
      trust: true,
      headers: { "x-forwarded-host": "cloud.example, inner.example" },
      location: "http://cloud.example",
      href: "",
    },
    {
      says: "X-Forwarded-Prefix",
      trust: true,
      headers: { "x-forwarded-prefix": "/placement" },
      location: "http://placement.example/placement",
      href: "/placement",
    },
    {
      says: "a prefix that is no path",
      trust: true,
      headers: { "x-forwarded-prefix": "//evil.example" },
      location: "http://placement.example",
      href: "",
    },
    {
      says: "7239 Forwarded",
      trust: true,
      headers: { forwarded: 'for=1.2.3.4;proto=https;host="cloud.example:8443"' },
      location: "https://cloud.example:8443",
      href: "",
    },
    {
      says: "mounted",
      prefix: "/placement",
      target: "/placement/resource_providers",
      headers: {},
      location: "http://placement.example/placement",
      href: "/placement",
    },
  ];
  for (const { says, trust = false, prefix = "", target = "/resource_providers", headers, location, href } of rows)
    test(`${says}: Location and links`, async () => {
      const service = await TestService.start({ trustForwarded: trust, prefix });
      const answer = await service.ask("POST", target, { ...ask, body: { name: "a" }, headers });
      const { uuid, links } = answer.json;
      assert.equal(answer.headers.location, `${location}/resource_providers/${uuid}`);
      assert.equal(links[0].href, `${href}/resource_providers/${uuid}`);
      const path = `${prefix}/resource_providers/${uuid}`;
      const { etag } = (await service.ask("GET", path, { ...ask, headers })).headers;
      const plain = (await service.ask("GET", path, ask)).headers.etag;
      assert.equal(
        etag === plain,
        (await service.ask("GET", path, { ...ask, headers })).text === (await service.ask("GET", path, ask)).text,
      );
    });

  test("mounted under a path, it is there with and without a slash, and nowhere else", async () => {
    const service = await TestService.start({ prefix: "/placement" });
    const status = async (target: string) => (await service.ask("GET", target, ask)).status;
    assert.deepEqual(
      await Promise.all(["/placement", "/placement/", "/placement/traits"].map(status)),
      [200, 200, 200],
    );
    assert.deepEqual(await Promise.all(["/", "/traits", "/placementx/traits"].map(status)), [404, 404, 404]);
  });
});

describe("placement:5 CORS", () => {
  const origin = "http://dashboard.example";
  const preflight = { origin, "access-control-request-method": "GET" };
  const rows: readonly {
    says: string;
    method: string;
    headers: Record<string, string>;
    allowed: string | undefined;
  }[] = [
    { says: "an allowed origin", method: "GET", headers: { origin }, allowed: origin },
    { says: "another origin", method: "GET", headers: { origin: "http://evil.example" }, allowed: undefined },
    { says: "no origin", method: "GET", headers: {}, allowed: undefined },
    { says: "a preflight", method: "OPTIONS", headers: preflight, allowed: origin },
    {
      says: "a preflight for an allowed field",
      method: "OPTIONS",
      headers: { ...preflight, "access-control-request-headers": "X-Auth-Token" },
      allowed: origin,
    },
    {
      says: "a preflight for another field",
      method: "OPTIONS",
      headers: { ...preflight, "access-control-request-headers": "x-other" },
      allowed: undefined,
    },
    {
      says: "a preflight of another origin",
      method: "OPTIONS",
      headers: { ...preflight, origin: "http://evil.example" },
      allowed: undefined,
    },
  ];
  for (const { says, method, headers, allowed } of rows)
    test(`${says}: ${allowed ?? "nothing is allowed"}`, async () => {
      const service = await TestService.start({ cors });
      const answer = await service.ask(method, "/traits", { ...ask, headers });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers["access-control-allow-origin"], allowed);
      if (allowed !== undefined) assert.match(answer.headers.vary ?? "", /origin/i);
    });

  test("switched off, OPTIONS is a method like others", async () => {
    const service = await TestService.start();
    const answer = await service.ask("OPTIONS", "/traits", { ...ask, headers: preflight });
    assert.deepEqual([answer.status, answer.headers["access-control-allow-origin"]], [405, undefined]);
  });
});

describe("placement:4 errors by Accept", () => {
  const rows: readonly { accept: string | undefined; type: string }[] = [
    { accept: undefined, type: "application/json" },
    { accept: "*/*", type: "application/json" },
    { accept: "application/json", type: "application/json" },
    { accept: "text/html", type: "text/html; charset=UTF-8" },
    { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", type: "text/html; charset=UTF-8" },
    { accept: "application/json, text/html;q=0.5", type: "application/json" },
    { accept: "text/plain", type: "text/plain; charset=UTF-8" },
    { accept: "nonsense", type: "text/html; charset=UTF-8" },
  ];
  for (const { accept, type } of rows)
    test(`Accept: ${accept ?? "(absent)"} → ${type}`, async () => {
      const service = await TestService.start();
      const headers: Record<string, string> = accept === undefined ? {} : { accept };
      const answer = await service.ask("POST", "/traits", { ...ask, headers });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers["content-type"], type);
      assert.match(answer.text, /The method POST is not allowed for this resource\./);
    });

  test("a page does not run what the request held", async () => {
    const service = await TestService.start();
    const headers = { accept: "text/html" };
    const answer = await service.ask("PUT", "/allocations/%3Cscript%3E", { ...ask, body: {}, headers });
    assert.equal(answer.status, 400);
    assert.ok(!answer.text.includes("<script>"));
  });
});
