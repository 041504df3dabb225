import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { describe, test } from "node:test";
import type { Handler, Incoming, Outgoing } from "../src/index.ts";
import { answer, exchange, get, say, serve, source } from "./serving.ts";

describe("an answer that goes wrong", () => {
  const rows: readonly (readonly [says: string, content: () => Outgoing["content"], length?: string])[] = [
    ["a source that throws", () => source("abc", new Error("boom")).content],
    ["a source that throws where a length was said", () => source("abc", new Error("boom")).content, "9"],
    ["a source that is too short", () => source("abc").content, "4"],
    ["a source that is too long", () => source("abc").content, "2"],
  ];
  for (const [says, content, length] of rows) {
    test(`${says} never ends as if whole`, async () => {
      const lines: (readonly [string, string])[] = length === undefined ? [] : [["Content-Length", length]];
      await using served = await serve(() => answer(200, content(), ...lines));
      for (const version of ["1.1", "1.0"]) {
        const got = await exchange(served.port, get().replace("HTTP/1.1", `HTTP/${version}`));
        assert.match(got, /<reset>$/);
      }
      assert.deepEqual(served.logged, ["an answer broke off", "an answer broke off"]);
      assert.ok(served.accessed.every(({ error }) => error instanceof Error));
    });
  }

  const failing: readonly (readonly [says: string, handler: Handler])[] = [
    [
      "a handler that throws",
      () => {
        throw new Error("boom");
      },
    ],
    ["a handler that rejects", () => Promise.reject(new Error("boom"))],
    ["a length that bytes contradict", () => answer(200, Buffer.from("abc"), ["Content-Length", "4"])],
    ["a field that can't be sent", () => answer(200, null, ["X", "a\r\nb"])],
    ["a field of an iterable that can't be sent", () => answer(200, source("a").content, ["X", "a\r\nb"])],
    ["no status", () => answer(0, null)],
  ];
  for (const [says, handler] of failing) {
    test(`${says} is a 500 and one line`, async () => {
      await using served = await serve(handler);
      const got = await exchange(served.port, get());
      assert.match(got, /^HTTP\/1\.1 500 [\s\S]*application\/problem\+json/);
      assert.doesNotMatch(got, /boom/);
      assert.deepEqual(served.logged, ["a request failed"]);
    });
  }
});

describe("a client that goes away", () => {
  test("aborts the signal, ends the source, and is logged as gone", async () => {
    const { promise: forever } = Promise.withResolvers();
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    const { state, content } = source("abc", forever);
    const returned = Promise.withResolvers<void>();
    const ending: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => content.next(),
        return: async () => {
          state.returned = true;
          returned.resolve();
          return { done: true, value: undefined };
        },
      }),
    };
    await using served = await serve(({ signal }) => {
      signal.addEventListener("abort", () => resolve());
      return answer(200, ending);
    });
    const socket = connect(served.port, "127.0.0.1");
    socket.write(get());
    await once(socket, "data");
    socket.destroy();
    await Promise.all([aborted, returned.promise, served.answered(1)]);
    assert.deepEqual(served.accessed[0], {
      method: "GET",
      path: "/",
      status: 200,
      because: undefined,
      bytes: 3,
      gone: true,
    });
    assert.deepEqual(served.logged, []);
  });

  test("before the answer is there: its content is given up", async () => {
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const { state, content } = source("abc");
    await content.next();
    const arrived = Promise.withResolvers<void>();
    await using served = await serve(async ({ signal }) => {
      arrived.resolve();
      await Promise.all([ready, once(signal, "abort")]);
      return answer(200, content);
    });
    const socket = connect(served.port, "127.0.0.1");
    socket.write(get());
    await arrived.promise;
    socket.destroy();
    resolve();
    await served.answered(1);
    assert.ok(state.returned);
    assert.equal(served.accessed[0]?.gone, true);
  });

  test("a signal asked for afterwards is aborted", async () => {
    const after = Promise.withResolvers<Incoming>();
    const { promise: over, resolve } = Promise.withResolvers<void>();
    await using served = await serve(async (incoming) => {
      incoming.signal.addEventListener("abort", () => resolve());
      after.resolve(incoming);
      await over;
      return say("");
    });
    const socket = connect(served.port, "127.0.0.1");
    socket.write(get());
    const incoming = await after.promise;
    socket.destroy();
    await over;
    assert.ok(incoming.signal.aborted);
  });
});

test("a slow reader holds the source back", async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    const chunk = Buffer.alloc(1 << 16);
    for (; given < 4096; given++) yield chunk;
  }
  await using served = await serve(() => answer(200, endless()));
  const request = httpRequest({ port: served.port, host: "127.0.0.1" }).end();
  const [response] = await once(request, "response");
  // the source stands still once the buffers on the way are full: nothing is given for several turns
  for (let before = -1, still = 0; still < 20; before = given) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    still = given === before ? still + 1 : 0;
  }
  assert.ok(given < 2048, `${given} chunks of 64 KiB are on the way`);
  response.resume();
  await once(response, "end");
  assert.equal(given, 4096);
});

test("a client that takes nothing for too long is cut off, and the source told", async () => {
  const told = Promise.withResolvers<void>();
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.alloc(1 << 16);
    } finally {
      told.resolve();
    }
  }
  await using served = await serve(() => answer(200, endless()), { stallTimeoutMs: 30 });
  const socket = connect(served.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(get());
  await Promise.all([told.promise, served.answered(1)]);
  assert.equal(served.accessed[0]?.gone, true);
  socket.destroy();
});
