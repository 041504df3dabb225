import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Handler, type Incoming, type ListenOptions, problem } from "../src/index.ts";
import { KnownRequest } from "../src/known-request.ts";
import { tables } from "./answers.ts";
import { answer, type Served, say, serve, source } from "./serving.ts";

/** A request on a connection that goes on. */
const get = (path = "/", ...fields: readonly string[]): string =>
  [`GET ${path} HTTP/1.1`, "Host: x", ...fields, "", ""].join("\r\n");

/** A client that sends octets as they are on one connection. */
class Client implements AsyncDisposable {
  readonly #socket: Socket;
  #received = "";
  #ended = false;
  #changed = Promise.withResolvers<void>();

  constructor({ port }: Served) {
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (text: string) => this.#tell(() => (this.#received += text)));
    this.#socket.on("error", () => undefined);
    for (const event of ["end", "close"]) this.#socket.on(event, () => this.#tell(() => (this.#ended = true)));
  }

  #tell(change: () => void): void {
    change();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  send(octets: string): Promise<void> {
    return new Promise((resolve) => this.#socket.write(octets, "latin1", () => resolve()));
  }

  end(): void {
    this.#socket.end();
  }

  /** What has come when it holds `last` so many times, or all when the connection has ended. */
  async until(last: string, times = 1): Promise<string> {
    while (!this.#ended && this.#received.split(last).length <= times) await this.#changed.promise;
    const text = this.#received;
    this.#received = "";
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    if (!this.#socket.closed) await once(this.#socket, "close");
  }
}

const taught = "<taught>";
const withoutDate = (octets: string): string => octets.replace(/\r\nDate: [^\r]*/g, "\r\nDate: now");

/** A listener whose handler says `taught`, until it is told what else to say. */
async function teachable(options: Partial<ListenOptions> = {}) {
  const state: { handler: Handler; readonly asked: Incoming[] } = { handler: () => say(taught), asked: [] };
  const served = await serve((incoming) => {
    state.asked.push(incoming);
    return state.handler(incoming);
  }, options);
  return { served, state };
}

/** The octets that answer a request whose head came before, or not, and then those of another one. */
async function answerTo(octets: string, handler: Handler, isKnown: boolean) {
  const { served, state } = await teachable({ mostContentBytes: 10 });
  await using _ = served;
  await using client = new Client(served);
  await client.send(isKnown ? octets : octets.replace(" HTTP/1.1", "?other HTTP/1.1"));
  await client.until(octets.startsWith("HEAD") ? "\r\n\r\n" : taught);
  state.handler = handler;
  await client.send(octets);
  await served.answered(2);
  state.handler = () => say("<next>");
  await client.send(get("/next", "Connection: close"));
  const { accessed, logged } = served;
  return {
    got: { octets: withoutDate(await client.until("<next>")), accessed: accessed.slice(1), logged },
    wasKnown: state.asked[1] instanceof KnownRequest,
  };
}

describe("what is known is answered with the same octets as what is new", () => {
  for (const [section, rows] of Object.entries(tables))
    for (const { says, handler, asking = {} } of rows) {
      if (asking.content !== undefined || asking.fields !== undefined || asking.path !== undefined) continue;
      test(`${section}: ${says}`, async () => {
        const octets = get("/").replace("GET", asking.method ?? "GET");
        const known = await answerTo(octets, handler, true);
        const fresh = await answerTo(octets, handler, false);
        assert.deepEqual(known.got, fresh.got);
        assert.deepEqual([known.wasKnown, fresh.wasKnown], [true, false]);
      });
    }

  const handlers: Readonly<Record<string, Handler>> = {
    "a reason phrase": () => problem(403, "No.", { aloud: true }),
    "a Date of its own": () => answer(200, null, ["Date", "Thu, 01 Oct 2026 10:00:00 GMT"]),
    "a Connection field": () => answer(200, Buffer.from("a"), ["Connection", "close"]),
    "a name that is no token": () => answer(200, null, ["a b", "c"]),
    "a value with a line break": () => answer(200, null, ["a", "b\nc"]),
    "a value beyond Latin-1": () => answer(200, null, ["a", "\u0100"]),
    "a status without a phrase": () => answer(299, Buffer.from("a")),
    "a 304 with its length": () => answer(304, null, ["Content-Length", "3"]),
    "a 304 with content that is not sent": () => answer(304, source("abc").content),
    "content of 8 KiB": () => answer(200, Buffer.alloc(8192, "a")),
    "content that is longer": () => answer(200, Buffer.alloc(8193, "a")),
    "content of less than 256 KiB": () => answer(200, Buffer.alloc(256 * 1024 - 1, "a")),
    "content of more": () => answer(200, Buffer.alloc(256 * 1024, "a")),
    "octets above ASCII": () => answer(200, Buffer.from([0, 0x80, 0xff, 0x0d, 0x0a]), ["a", "\xe4"]),
    "an answer that takes its time": async () => answer(200, Buffer.from("a")),
  };
  for (const [says, handler] of Object.entries(handlers))
    test(says, async () => {
      assert.deepEqual((await answerTo(get(), handler, true)).got, (await answerTo(get(), handler, false)).got);
    });
});

describe("what is never known", () => {
  const rows: readonly [says: string, octets: string, options?: Partial<ListenOptions>][] = [
    ["another method", "DELETE / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["content, even none", get("/", "Content-Length: 0")],
    ["secrets", get("/", "Authorization: Basic YTpi")],
    ["cookies", get("/", "Cookie: a=b")],
    ["a connection that is to become another", get("/", "Connection: upgrade", "Upgrade: h2c")],
    ["a head that is long", get("/", `A: ${"a".repeat(9000)}`)],
    ["two requests in one", get("/") + get("/")],
    ["an end of line before it that isn't its own", `\r\n\r\n${get("/")}`],
  ];
  for (const [says, octets, options] of rows)
    test(says, async () => {
      const { served, state } = await teachable(options);
      await using _ = served;
      await using client = new Client(served);
      for (let time = 0; time < 3; time++) {
        await client.send(octets);
        await client.until(taught, octets.split("Host").length - 1);
      }
      assert.ok(state.asked.length >= 3);
      for (const one of state.asked) assert.ok(!(one instanceof KnownRequest));
    });

  test("a head whose octets came in two parts, and what follows a part", async () => {
    const { served, state } = await teachable();
    await using _ = served;
    await using client = new Client(served);
    const octets = get("/a");
    for (const part of [octets.slice(0, 7), octets.slice(7), octets.slice(7)]) {
      await client.send(part);
      if (part !== octets.slice(0, 7)) await client.until("HTTP/1.1");
    }
    // the last is no request: it doesn't become one by having come before
    assert.deepEqual(
      state.asked.map(({ path }) => path),
      ["/a"],
    );
  });

  test("a first request, on whichever connection", async () => {
    const { served, state } = await teachable();
    await using _ = served;
    for (let time = 0; time < 2; time++) {
      await using client = new Client(served);
      await client.send(get());
      await client.until(taught);
    }
    for (const one of state.asked) assert.ok(!(one instanceof KnownRequest));
  });
});

describe("9112:9 a connection with what is known", () => {
  test("a client that has nothing more to say gets its answer", async () => {
    const { served } = await teachable();
    await using _ = served;
    await using client = new Client(served);
    await client.send(get());
    await client.until(taught);
    void client.send(get());
    client.end();
    assert.match(await client.until("never"), new RegExp(`${taught}$`));
  });

  test("a client that leaves is told of by the signal", async () => {
    const { served, state } = await teachable();
    await using _ = served;
    const client = new Client(served);
    await client.send(get());
    await client.until(taught);
    const gone = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    state.handler = async ({ signal }) => {
      signal.addEventListener("abort", () => gone.resolve());
      arrived.resolve();
      await gone.promise;
      return say("");
    };
    await client.send(get());
    await arrived.promise;
    assert.ok(state.asked[1] instanceof KnownRequest);
    await client[Symbol.asyncDispose]();
    await gone.promise;
    await served.answered(2);
    assert.equal(served.accessed[1]?.gone, true);
  });

  test("it is idle for as long as any other", async () => {
    const { served } = await teachable({ keepAliveMs: 200 });
    await using _ = served;
    await using client = new Client(served);
    for (let time = 0; time < 3; time++) {
      await client.send(get());
      await client.until(taught);
    }
    assert.equal(await client.until("never"), "");
  });

  test("closing writes what waits, and ends the connection after the next answer", async () => {
    const { served, state } = await teachable();
    await using client = new Client(served);
    await client.send(get());
    await client.until(taught);
    let closed: Promise<void> | undefined;
    state.handler = () => {
      // in the turn in which it is answered
      queueMicrotask(() => (closed = served.listener.close(10_000)));
      return say("last");
    };
    await client.send(get());
    assert.match(await client.until("never"), /last$/);
    await closed;
  });

  test("closing waits for an answer of which not all has left", async () => {
    const accepted = Promise.withResolvers<Socket>();
    const accept = (message: unknown) => accepted.resolve((message as { socket: Socket }).socket);
    subscribe("net.server.socket", accept);
    const { served, state } = await teachable();
    await using client = new Client(served);
    const socket = await accepted.promise;
    unsubscribe("net.server.socket", accept);
    await client.send(get());
    await client.until(taught);
    state.handler = () => answer(200, Buffer.from(`${"a".repeat(100_000)}last`));
    // as if the system's buffers were full
    socket.cork();
    await client.send(get());
    await served.answered(2);
    const closed = served.listener.close(10_000);
    socket.uncork();
    assert.match(await client.until("never"), /aaalast$/);
    assert.ok(state.asked[1] instanceof KnownRequest);
    await closed;
  });

  test("whatever is asked and however it is cut, each request gets its own answer, in order", async () => {
    const kinds = [
      () => get("/a"),
      () => get("/b"),
      () => get("/slow"),
      (n: number) => get(`/new${n}`),
      () => get("/a").replace("GET", "HEAD"),
      () => "POST /post HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n\r\n\r\n",
      () => "POST /post HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n",
    ];
    const handler: Handler = async ({ head, path, body }) => {
      for await (const _ of body ?? []);
      return answer(200, Buffer.from("x"), ["For", `${head.method} ${path}`]);
    };
    const atOnce: Handler = (incoming) =>
      incoming.body !== null || incoming.path === "/slow"
        ? handler(incoming)
        : answer(200, Buffer.from("x"), ["For", `${incoming.head.method} ${incoming.path}`]);
    await using served = await serve(atOnce);
    const asked = fc.array(fc.tuple(fc.nat(kinds.length - 1), fc.nat(40), fc.boolean()), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(asked, async (requests) => {
        await using client = new Client(served);
        let expected = "";
        let got = "";
        for (const [n, [kind, cut, waits]] of requests.entries()) {
          const octets = kinds[kind]!(n);
          expected += /^\S+ \S+/.exec(octets)![0];
          await client.send(octets.slice(0, cut));
          await client.send(octets.slice(cut));
          if (waits) got += await client.until("\r\nFor: ", n + 1 - got.split("\r\nFor: ").length + 1);
        }
        await client.send(get("/end", "Connection: close"));
        got += await client.until("never");
        const answered = [...got.matchAll(/\r\nFor: ([^\r]*)/g)].map(([, text]) => text).join("");
        assert.equal(answered, `${expected}GET /end`);
      }),
      { numRuns: 60 },
    );
  });
});
