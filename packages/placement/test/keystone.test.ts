import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Identity } from "../src/auth/identity.ts";
import { keystone } from "../src/auth/keystone.ts";
import { Refusal } from "../src/refusal.ts";

const hour = 3_600_000;

/** A small Keystone: it knows tokens, its own clock, and how often it was asked. */
class KeystoneDouble {
  now = Date.UTC(2026, 10, 22, 12);
  asked: string[] = [];
  up = true;
  password = "correct";
  readonly tokens = new Map<string, { roles: string[]; expires: number; scope: object }>();
  #logins = 0;

  add(token: string, roles: string[], options: { expires?: number; scope?: object } = {}): void {
    const { expires = this.now + hour, scope = { project: { id: "p1", domain: { id: "d" } } } } = options;
    this.tokens.set(token, { roles, expires, scope });
  }

  readonly fetch = (async (input: string, init: RequestInit) => {
    if (!this.up) throw new TypeError("fetch failed");
    const headers = new Headers(init.headers);
    if (init.method === "POST") {
      this.asked.push("login");
      const { auth } = JSON.parse(init.body as string);
      if (auth.identity.password.user.password !== this.password) return new Response("{}", { status: 401 });
      const own = `own-${++this.#logins}`;
      this.add(own, ["service"]);
      return Response.json(this.#body(own), { status: 201, headers: { "x-subject-token": own } });
    }
    const subject = headers.get("x-subject-token")!;
    this.asked.push(subject);
    const asker = this.tokens.get(headers.get("x-auth-token")!);
    if (asker === undefined || asker.expires <= this.now) return new Response("{}", { status: 401 });
    const known = this.tokens.get(subject);
    const allowExpired = new URL(input).searchParams.has("allow_expired");
    if (known === undefined || (known.expires <= this.now && !allowExpired)) return new Response("{}", { status: 404 });
    return Response.json(this.#body(subject));
  }) as typeof fetch;

  #body(token: string): object {
    const { roles, expires, scope } = this.tokens.get(token)!;
    return {
      token: {
        expires_at: new Date(expires).toISOString(),
        user: { id: `user of ${token}`, domain: { id: "d" } },
        roles: roles.map((name) => ({ name })),
        ...scope,
      },
    };
  }
}

function setUp(password = "correct") {
  const double = new KeystoneDouble();
  const authenticate = keystone({
    url: new URL("http://keystone.example/identity/"),
    user: "placement",
    password,
    project: "service",
    domain: "Default",
    cacheSeconds: 300,
    serviceRoles: ["service"],
    fetch: double.fetch,
    now: () => double.now,
  });
  const ask = async (token?: string, serviceToken?: string): Promise<Identity | number> => {
    const headers: Record<string, string | undefined> = { "x-auth-token": token, "x-service-token": serviceToken };
    try {
      return await authenticate((name) => headers[name]);
    } catch (error) {
      if (error instanceof Refusal) return error.status;
      throw error;
    }
  };
  return { double, ask, authenticate };
}

describe("placement:5 Keystone v3 tokens", () => {
  test("a token is who Keystone says, asked once while the answer is believed", async () => {
    const { double, ask } = setUp();
    double.add("t", ["reader", "member"]);
    const identity = (await ask("t")) as Identity;
    assert.deepEqual(identity.roles, ["reader", "member"]);
    assert.deepEqual([identity.user, identity.project, identity.systemScope], ["user of t", "p1", false]);
    assert.deepEqual(identity.attributes, { user_domain_id: "d", project_domain_id: "d" });
    await ask("t");
    assert.deepEqual(double.asked, ["login", "t"]);
    double.now += 301_000;
    await ask("t");
    assert.deepEqual(double.asked, ["login", "t", "t"]);
  });

  test("requests that come together share one question", async () => {
    const { double, ask } = setUp();
    double.add("t", []);
    await Promise.all([ask("t"), ask("t"), ask("t")]);
    assert.deepEqual(double.asked, ["login", "t"]);
  });

  test("an answer is not believed longer than the token lives", async () => {
    const { double, ask } = setUp();
    double.add("t", [], { expires: double.now + 60_000 });
    await ask("t");
    double.now += 61_000;
    assert.equal(await ask("t"), 401);
  });

  test("a revoked token is refused when the answer about it has grown old", async () => {
    const { double, ask } = setUp();
    double.add("t", []);
    await ask("t");
    double.tokens.delete("t");
    assert.notEqual(await ask("t"), 401, "still believed");
    double.now += 301_000;
    assert.equal(await ask("t"), 401);
  });

  for (const token of [undefined, "", "unknown"])
    test(`${token === undefined ? "no token" : `the token ${JSON.stringify(token)}`}: 401, and where to get one`, async () => {
      const { authenticate } = setUp();
      await assert.rejects(
        async () => authenticate((name) => (name === "x-auth-token" ? token : undefined)),
        (error) =>
          error instanceof Refusal &&
          error.status === 401 &&
          error.details.authenticate === 'Keystone uri="http://keystone.example/identity"',
      );
    });

  test("a token of the system says so", async () => {
    const { double, ask } = setUp();
    double.add("t", ["admin"], { scope: { system: { all: true } } });
    const identity = (await ask("t")) as Identity;
    assert.deepEqual([identity.systemScope, identity.project], [true, undefined]);
  });

  const expired: readonly [says: string, roles: string[] | undefined, gives: "let in" | 401][] = [
    ["alone", undefined, 401],
    ["with a service token", ["service"], "let in"],
    ["with a service token of another role", ["member"], 401],
  ];
  for (const [says, roles, gives] of expired)
    test(`an expired token ${says}: ${gives}`, async () => {
      const { double, ask } = setUp();
      double.add("t", [], { expires: double.now - 1 });
      if (roles !== undefined) double.add("s", roles);
      const result = await ask("t", roles && "s");
      assert.equal(typeof result === "number" ? result : "let in", gives);
    });

  test("an unknown service token is refused", async () => {
    const { double, ask } = setUp();
    double.add("t", []);
    assert.equal(await ask("t", "unknown"), 401);
  });

  test("its own token is renewed when it has ended, or Keystone has forgotten it", async () => {
    const { double, ask } = setUp();
    double.add("t", [], { expires: double.now + 10 * hour });
    await ask("t");
    double.tokens.delete("own-1");
    double.now += 301_000;
    assert.notEqual(await ask("t"), 401);
    double.now += 2 * hour;
    assert.notEqual(await ask("t"), 401);
    assert.equal(double.asked.filter((what) => what === "login").length, 3);
  });

  test("503 while Keystone is away, and for a wrong password; neither is remembered", async () => {
    const { double, ask } = setUp("wrong");
    double.add("t", []);
    assert.equal(await ask("t"), 503);
    double.password = "wrong";
    double.up = false;
    assert.equal(await ask("t"), 503);
    double.up = true;
    assert.notEqual(await ask("t"), 503);
  });
});
