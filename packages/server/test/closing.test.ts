import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import type { Outgoing } from "../src/index.ts";
import { exchange, get, say, serve } from "./serving.ts";

describe("closing", () => {
  test("lets running requests finish, tells their connections to close, refuses new ones", async () => {
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const served = await serve(async () => {
      arrived.resolve();
      await ready;
      return say("done");
    });
    const running = exchange(served.port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await arrived.promise;
    const closed = served.listener.close(10_000);
    const refused = connect(served.port, "127.0.0.1");
    const [error] = await once(refused, "error");
    assert.equal(error.code, "ECONNREFUSED");
    resolve();
    assert.match(await running, /Connection: close[\s\S]*done$/);
    await closed;
  });

  test("closes idle connections at once", async () => {
    const served = await serve(() => say("x"));
    const socket = connect(served.port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(socket, "data");
    await Promise.all([once(socket, "close"), served.listener.close(10_000)]);
  });

  test("cuts what still runs after the grace", async () => {
    const arrived = Promise.withResolvers<void>();
    const served = await serve(() => {
      arrived.resolve();
      return new Promise<Outgoing>(() => undefined);
    });
    const running = exchange(served.port, get());
    await arrived.promise;
    await served.listener.close(20);
    assert.match(await running, /^(?:<reset>)?$/);
  });
});
