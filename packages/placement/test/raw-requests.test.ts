import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { createService } from "../src/api/service.ts";
import { noauth } from "../src/auth/noauth.ts";
import { Policy } from "../src/auth/policy.ts";
import { type Listener, listen } from "../src/http/listener.ts";
import { SqliteState } from "../src/storage/sqlite-state.ts";
import { uuid } from "./service.ts";

/** What goes over the wire and what comes back, up to the end of the connection or of one answer. */
async function raw(url: string, text: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = "";
  return await new Promise((resolve, reject) => {
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      const head = received.indexOf("\r\n\r\n");
      const length = /content-length: (\d+)/i.exec(received);
      if (head >= 0 && length !== null && received.length >= head + 4 + Number(length[1])) socket.destroy();
    });
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
    socket.write(text);
  });
}

describe("9112 what is no request", () => {
  let listener: Listener;
  const state = new SqliteState(":memory:");
  before(async () => {
    const policy = new Policy({ enforceNewDefaults: false });
    const service = createService({ state, authenticate: noauth, policy, now: Date.now });
    listener = await listen({ host: "127.0.0.1", port: 0, service, mostContentBytes: 1000 });
  });
  after(async () => {
    await listener.close(0);
    state.close();
  });

  const head = "Host: placement.example\r\nX-Auth-Token: admin\r\nContent-Type: application/json\r\n";
  const messages: readonly { says: string; send: string; status: number; detail?: RegExp }[] = [
    {
      says: "a length that is no number",
      send: `POST /resource_providers HTTP/1.1\r\n${head}Content-Length: hi mom\r\n\r\n{}`,
      status: 400,
      detail: /content-length header must be an integer/,
    },
    {
      says: "two lengths",
      send: `POST / HTTP/1.1\r\n${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
      status: 400,
    },
    {
      says: "length and chunks",
      send: `POST / HTTP/1.1\r\n${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      status: 400,
    },
    { says: "no HTTP at all", send: "hello\r\n\r\n", status: 400, detail: /not HTTP/ },
    { says: "fields without end", send: `GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(70_000)}`, status: 431 },
    {
      says: "a query of a megabyte",
      send: `GET /resource_providers?name=${"x".repeat(1_000_000)} HTTP/1.1\r\n${head}\r\n`,
      status: 431,
    },
    {
      says: "100 MB by its length",
      send: `POST /resource_providers HTTP/1.1\r\n${head}Content-Length: 100000000\r\n\r\n`,
      status: 413,
    },
    {
      says: "too much in chunks",
      send: `POST /resource_providers HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n${"400\r\n".concat("x".repeat(1024), "\r\n")}`,
      status: 413,
    },
    { says: "a target with its authority", send: `GET http://placement.example/ HTTP/1.1\r\n${head}\r\n`, status: 200 },
  ];
  for (const { says, send, status, detail } of messages)
    test(`${says}: ${status}`, async () => {
      const answer = await raw(listener.url, send);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), answer.slice(0, 200));
      if (status === 200) return;
      const [error] = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)).errors;
      assert.equal(error.status, status);
      assert.match(answer, /^connection: close/im);
      if (detail !== undefined) assert.match(error.detail, detail);
    });

  test("HEAD and OPTIONS are 405 with Allow", async () => {
    for (const method of ["HEAD", "OPTIONS"]) {
      const response = await fetch(`${listener.url}/resource_providers`, {
        method,
        headers: { "x-auth-token": "admin" },
      });
      assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, POST"]);
    }
  });

  test("location names the host that was asked", async () => {
    const headers = { "x-auth-token": "admin", "content-type": "application/json" };
    const body = JSON.stringify({ name: "a", uuid: uuid(1) });
    const response = await fetch(`${listener.url}/resource_providers`, { method: "POST", headers, body });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get("location"), `${listener.url}/resource_providers/${uuid(1)}`);
    assert.equal(response.headers.get("content-type"), null);
  });
});
