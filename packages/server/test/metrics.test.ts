import assert from "node:assert/strict";
import { test } from "node:test";
import { Fields } from "@larder/core";
import { pino } from "pino";
import { type AccessedRequest, countRequests, createMetrics, listenAdmin } from "../src/index.ts";

const request: AccessedRequest = { head: { method: "GET" }, path: "/", remote: "", started: performance.now() };
const answer = (status: number, log?: Record<string, unknown>) => ({
  status,
  fields: Fields.empty,
  content: null,
  ...(log && { log }),
});

test("requests are counted by mount, status and what the cache did", async () => {
  let passed = 0;
  const metrics = createMetrics(() => passed++);
  const count = (status: number, bytes: number, log?: Record<string, unknown>): void =>
    metrics.access(request, answer(status, log), { bytes });
  count(200, 10, { mount: "/a/", cache: "larder; hit; ttl=5" });
  count(200, 20, { mount: "/a/", cache: "larder; hit; ttl=4" });
  count(304, 0, { mount: "/a/", cache: "larder; fwd=stale; fwd-status=304" });
  count(404, 5);
  count(200, 1, { mount: "/b/", cache: "larder; hit", upstream: "b.example" });
  metrics.gauge("larder_store_bytes", "Kept", () => 42);
  for (let times = 0; times < 2; times++) {
    const { text } = await metrics.text();
    assert.match(text, /^larder_requests_total\{mount="\/a\/",status="200",cache="hit"\} 2$/m);
    assert.match(text, /^larder_requests_total\{mount="\/a\/",status="304",cache="stale"\} 1$/m);
    assert.match(text, /^larder_requests_total\{mount="",status="404",cache=""\} 1$/m);
    assert.match(text, /^larder_response_content_bytes_total\{mount="\/a\/",status="200",cache="hit"\} 30$/m);
    assert.match(text, /^larder_request_duration_seconds_count 5$/m);
    assert.match(text, /^larder_upstream_answers_total\{mount="\/b\/",upstream="b.example"\} 1$/m);
    assert.match(text, /^larder_store_bytes 42$/m);
  }
  assert.equal(passed, 5, "the access log is told, too");
});

test("what other processes have counted is added", async () => {
  const metrics = createMetrics(undefined);
  const others = [countRequests(undefined), countRequests(undefined)];
  metrics.alongside(() => Promise.all(others.map(({ counted }) => counted())));
  for (const { access } of [metrics, ...others])
    access(request, answer(200, { mount: "/a/", cache: "larder; hit" }), { bytes: 7 });
  const { text } = await metrics.text();
  assert.match(text, /^larder_requests_total\{mount="\/a\/",status="200",cache="hit"\} 3$/m);
  assert.match(text, /^larder_response_content_bytes_total\{mount="\/a\/",status="200",cache="hit"\} 21$/m);
  assert.match(text, /^larder_request_duration_seconds_count 3$/m);
});

test("operators read metrics and health on a listener of their own", async () => {
  let unhealthy: string | undefined;
  const admin = await listenAdmin({
    host: "127.0.0.1",
    port: 0,
    log: pino({ enabled: false }),
    metrics: createMetrics(undefined),
    unhealthy: () => unhealthy,
  });
  const get = (path: string, method = "GET"): Promise<Response> => fetch(admin.url + path, { method });
  const metrics = await get("/-/metrics");
  assert.match(metrics.headers.get("content-type") ?? "", /^text\/plain/);
  assert.match(await metrics.text(), /^process_cpu_seconds_total /m);
  assert.equal((await get("/-/healthz")).status, 200);
  unhealthy = "it is stopping";
  assert.equal((await get("/-/healthz")).status, 503);
  assert.equal((await get("/")).status, 404);
  assert.equal((await get("/-/healthz", "POST")).headers.get("allow"), "GET, HEAD");
  await admin.close(0);
});
