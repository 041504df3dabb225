import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Fields } from "@larder/core";
import { pino } from "pino";
import { createMetrics, type Listener, listenAdmin } from "../src/index.ts";

const token = "0123456789abcdef";
const log = pino({ enabled: false });

describe("orders to the admin listener", () => {
  let on: Listener;
  let off: Listener;
  const orders: unknown[] = [];
  before(async () => {
    const action = async (order: unknown) => {
      orders.push(order);
      return { status: 200, fields: Fields.empty, content: Buffer.from("done") };
    };
    const options = { host: "127.0.0.1", port: 0, log, metrics: createMetrics(undefined), unhealthy: () => undefined };
    const actions = new Map([["/-/act", action]]);
    on = await listenAdmin({ ...options, actions, token });
    off = await listenAdmin({ ...options, actions });
  });
  after(async () => {
    await on.close(0);
    await off.close(0);
  });
  const ask = (listener: Listener, authorization: string | undefined, body: string | undefined, method = "POST") =>
    fetch(`${listener.url}/-/act`, {
      method,
      ...(authorization !== undefined && { headers: { authorization } }),
      ...(body !== undefined && { body }),
    });

  const rows: readonly (readonly [
    says: string,
    authorization: string | undefined,
    body: string | undefined,
    status: number,
    method?: string,
  ])[] = [
    ["the token, and JSON", `Bearer ${token}`, '{"a":1}', 200],
    ["the scheme's letter case doesn't count (RFC 9110 §11.1)", `bearer ${token}`, '{"a":1}', 200],
    ["no token", undefined, '{"a":1}', 401],
    ["another token", `Bearer ${token}x`, '{"a":1}', 401],
    ["a part of it", `Bearer ${token.slice(1)}`, '{"a":1}', 401],
    ["an empty one", "Bearer ", '{"a":1}', 401],
    ["another scheme", `Basic ${token}`, '{"a":1}', 401],
    ["no JSON", `Bearer ${token}`, "a=1", 400],
    ["nothing at all", `Bearer ${token}`, undefined, 400],
    ["a GET", `Bearer ${token}`, undefined, 405, "GET"],
    ["too much", `Bearer ${token}`, `"${"x".repeat(70_000)}"`, 413],
  ];
  for (const [says, authorization, body, status, method] of rows)
    test(`${says}: ${status}`, async () => {
      orders.length = 0;
      const response = await ask(on, authorization, body, method);
      assert.equal(response.status, status);
      assert.deepEqual(orders, status === 200 ? [{ a: 1 }] : []);
      if (status === 401) assert.equal(response.headers.get("www-authenticate"), "Bearer");
    });

  test("without a token of its own it takes none, and says so", async () => {
    const response = await ask(off, `Bearer ${token}`, "{}");
    assert.equal(response.status, 403);
    assert.match(((await response.json()) as { detail: string }).detail, /admin-token-env/);
  });
});
