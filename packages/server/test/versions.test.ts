import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Outgoing } from "../src/index.ts";
import { echo, type Row, tables } from "./answers.ts";
import { certificate, type Got, ways } from "./asking.ts";
import { answer, type Served, serve, source } from "./serving.ts";

const url = (served: Served) => served.listener.url;

function check(row: Row, got: Got, served: Served): void {
  assert.equal(got.status, row.status);
  if (row.content instanceof RegExp) assert.match(got.content, row.content);
  else if (row.content !== undefined) assert.equal(got.content, row.content);
  for (const [name, value] of Object.entries(row.fields ?? {})) {
    if (value === true) assert.ok(got.fields[name]);
    else assert.deepEqual(got.fields[name], value, name);
  }
  if (row.interim) assert.deepEqual(got.interim, row.interim);
  assert.equal(got.whole, row.whole ?? true, "whole");
  assert.deepEqual(served.logged, row.logged ?? []);
}

for (const [way, { tls, ask }] of Object.entries(ways)) {
  const options = { mostContentBytes: 10, ...(tls && { tls: certificate }) };
  for (const [section, rows] of Object.entries(tables)) {
    describe(`${section}, ${way}`, () => {
      for (const row of rows)
        test(row.says, async () => {
          await using served = await serve(row.handler, options);
          const got = await ask(served, row.asking);
          await served.answered(1);
          check(row, got, served);
          assert.equal(served.accessed.length, 1, "one line in the access log");
          assert.equal(served.accessed[0]?.status, row.status);
        });
    });
  }

  test(`9110:7.1 the target, ${way}`, async () => {
    await using served = await serve(echo, options);
    assert.equal((await ask(served, { path: "/a%2Fb?c=d" })).content, `GET ${url(served)}/a%2Fb?c=d`);
  });

  test(`closing lets what runs finish, ${way}`, async () => {
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const served = await serve(async () => {
      arrived.resolve();
      await ready;
      return answer(200, source("do", "ne").content);
    }, options);
    const running = ask(served);
    await arrived.promise;
    const closed = served.listener.close(10_000);
    assert.equal((await ask(served)).status, undefined, "new connections are refused");
    resolve();
    assert.equal((await running).content, "done");
    await closed;
  });

  test(`closing cuts what runs after the grace, ${way}`, async () => {
    const arrived = Promise.withResolvers<void>();
    const served = await serve(() => {
      arrived.resolve();
      return new Promise<Outgoing>(() => undefined);
    }, options);
    const running = ask(served);
    await arrived.promise;
    await served.listener.close(20);
    assert.equal((await running).whole, false);
  });
}
