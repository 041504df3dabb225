import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Identity } from "../src/auth/identity.ts";
import { noauth } from "../src/auth/noauth.ts";
import { Policy } from "../src/auth/policy.ts";
import { parseRule } from "../src/auth/rule-language.ts";
import { staticTokens } from "../src/auth/static-tokens.ts";
import { Refusal } from "../src/refusal.ts";
import { TestService } from "./service.ts";

const fields = (headers: Record<string, string>) => (name: string) => headers[name];
const who = (more: Partial<Identity> = {}): Identity => ({
  user: "u",
  project: "p",
  roles: [],
  systemScope: false,
  ...more,
});

describe("placement:5 noauth2", () => {
  const rows: readonly { headers: Record<string, string>; gives: Identity }[] = [
    { headers: { "x-auth-token": "admin" }, gives: who({ user: "admin", project: "admin", roles: ["admin"] }) },
    { headers: { "x-auth-token": "fred" }, gives: who({ user: "fred", project: "fred" }) },
    { headers: { "x-auth-token": "fred:home" }, gives: who({ user: "fred", project: "home" }) },
    {
      headers: { "x-auth-token": "fred", "x-roles": "reader,member" },
      gives: who({ user: "fred", project: "fred", roles: ["reader", "member"] }),
    },
    {
      headers: { "x-auth-token": "admin", "x-roles": "reader" },
      gives: who({ user: "admin", project: "admin", roles: ["reader"] }),
    },
    { headers: { "x-auth-token": "fred", "x-project-id": "other" }, gives: who({ user: "fred", project: "other" }) },
    {
      headers: { "x-auth-token": "admin", "openstack-system-scope": "all" },
      gives: who({ user: "admin", project: undefined, roles: ["admin"], systemScope: true }),
    },
  ];
  for (const { headers, gives } of rows)
    test(JSON.stringify(headers), () => assert.deepEqual(noauth(fields(headers)), gives));

  test("no token: 401 in the other form, without version fields; GET / needs none", async () => {
    const service = await TestService.start({ authenticate: (own) => noauth((name) => own(name) || undefined) });
    const answer = await service.ask("GET", "/traits", { headers: { "x-auth-token": "" } });
    assert.equal(answer.status, 401);
    assert.deepEqual(Object.keys(answer.json), ["message", "code", "title"]);
    assert.equal(answer.json.code, "401 Unauthorized");
    assert.equal(answer.headers["openstack-api-version"], undefined);
    assert.equal((await service.ask("GET", "/", { headers: { "x-auth-token": "" } })).status, 200);
  });
});

describe("placement:5 the rule language", () => {
  const rows: readonly {
    rule: string;
    identity?: Partial<Identity>;
    target?: Record<string, string>;
    gives: boolean;
  }[] = [
    { rule: "@", gives: true },
    { rule: "!", gives: false },
    { rule: "", gives: true },
    { rule: "role:admin", identity: { roles: ["member", "Admin"] }, gives: true },
    { rule: "role:admin", identity: { roles: ["administrator"] }, gives: false },
    { rule: "role:a and role:b", identity: { roles: ["a"] }, gives: false },
    { rule: "role:a or role:b and role:c", identity: { roles: ["a"] }, gives: true },
    { rule: "(role:a or role:b) and role:c", identity: { roles: ["a"] }, gives: false },
    { rule: "not role:a", gives: true },
    { rule: "not role:a and role:b", identity: { roles: ["b"] }, gives: true },
    { rule: "project_id:%(project_id)s", target: { project_id: "p" }, gives: true },
    { rule: "project_id:%(project_id)s", target: { project_id: "q" }, gives: false },
    { rule: "project_id:%(project_id)s", target: {}, gives: false },
    { rule: "user_id:u", gives: true },
    { rule: "'p':%(project_id)s", target: { project_id: "p" }, gives: true },
    { rule: "domain_id:d", identity: { attributes: { domain_id: "d" } }, gives: true },
    { rule: "rule:known", gives: true },
    { rule: "rule:unknown", gives: false },
  ];
  for (const { rule, identity, target = {}, gives } of rows)
    test(`${rule || "(empty)"} → ${gives}`, () =>
      assert.equal(
        parseRule(rule)(who(identity), target, (name) => name === "known"),
        gives,
      ));

  for (const rule of ["role", "(role:a", "role:a or", "role:a role:b", "http://judge.example/%(x)s", "and", ")"])
    test(`${rule} is refused`, () => assert.throws(() => parseRule(rule)));

  test("a rule that asks itself is refused", () => {
    const rules = { a: "rule:b and role:x", b: "not rule:a" };
    assert.throws(() => new Policy({ enforceNewDefaults: true, rules }), /asks itself: .*→/);
  });
});

describe("placement:5 the matrix of policies", () => {
  const people: Readonly<Record<string, Identity>> = {
    admin: who({ roles: ["admin"] }),
    "admin of the system": who({ roles: ["admin"], systemScope: true }),
    nobody: who(),
    service: who({ roles: ["service"] }),
    reader: who({ roles: ["reader"] }),
  };
  const list = "placement:resource_providers:list";
  const reshape = "placement:reshaper:reshape";
  const usages = "placement:usages";
  const open = { [list]: "@", [reshape]: "@", [usages]: "@" };
  const rows: readonly [
    person: string,
    rule: typeof list | typeof reshape | typeof usages,
    legacy: boolean,
    secure: boolean,
    open: boolean,
  ][] = [
    ["admin", list, true, true, true],
    ["admin", reshape, true, false, true],
    ["admin", usages, true, true, true],
    ["admin of the system", list, false, false, false],
    ["admin of the system", reshape, false, false, false],
    ["nobody", list, false, false, true],
    ["nobody", reshape, false, false, true],
    ["service", list, true, true, true],
    ["service", reshape, true, true, true],
    ["reader", list, false, false, true],
    ["reader", usages, true, true, true],
  ];
  const target = { project_id: "p" };
  for (const [person, rule, legacy, secure, opened] of rows)
    test(`${person} ${rule}: legacy ${legacy}, secure ${secure}, open ${opened}`, () => {
      const allows = (policy: Policy) => policy.allows(rule, people[person]!, target);
      assert.deepEqual(
        [
          allows(new Policy({ enforceNewDefaults: false })),
          allows(new Policy({ enforceNewDefaults: true })),
          allows(new Policy({ enforceNewDefaults: true, rules: open })),
        ],
        [legacy, secure, opened],
      );
    });

  test("a reader sees the usages of the own project only", async () => {
    const service = await TestService.start();
    const headers = { "x-auth-token": "fred:p", "x-roles": "reader" };
    const ask = (project: string) => service.ask("GET", `/usages?project_id=${project}`, { version: "1.9", headers });
    assert.equal((await ask("p")).status, 200);
    assert.equal((await ask("q")).status, 403);
  });

  test("403 says which rule, without Vary", async () => {
    const service = await TestService.start();
    const answer = await service.ask("GET", "/traits", { version: "1.39", headers: { "x-auth-token": "fred" } });
    assert.equal(answer.status, 403);
    assert.match(answer.json.errors[0].detail, /Policy does not allow placement:traits:list to be performed\./);
    assert.deepEqual([answer.headers["openstack-api-version"], answer.headers.vary], ["placement 1.39", undefined]);
  });
});

describe("placement:5 tokens of a file", () => {
  const authenticate = staticTokens([
    { token: "open sesame", user: "ali", project: "cave", roles: ["admin"] },
    { sha256: "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", user: "s", system: true },
  ]);
  test("a token is who the file says", () =>
    assert.deepEqual(
      authenticate(fields({ "x-auth-token": "open sesame" })),
      who({ user: "ali", project: "cave", roles: ["admin"] }),
    ));
  test("by its digest, too", () =>
    assert.deepEqual(
      authenticate(fields({ "x-auth-token": "secret" })),
      who({ user: "s", project: undefined, systemScope: true }),
    ));
  for (const headers of [{}, { "x-auth-token": "" }, { "x-auth-token": "close sesame" }])
    test(`${JSON.stringify(headers)}: 401`, () =>
      assert.throws(
        () => authenticate(fields(headers as Record<string, string>)),
        (error) => error instanceof Refusal && error.status === 401,
      ));
  const wrong: readonly [content: unknown, message: RegExp][] = [
    [null, /expected a list/],
    [[{ user: "u" }], /token 1 has no token/],
    [[{ token: "t" }], /token 1 has no user/],
    [[{ token: "t", user: "u", roles: "admin" }], /the roles of token 1/],
    [
      [
        { token: "t", user: "u" },
        { token: "t", user: "v" },
      ],
      /token 2 stands there twice/,
    ],
  ];
  for (const [content, message] of wrong)
    test(`${JSON.stringify(content)} is refused`, () => assert.throws(() => staticTokens(content), message));
});
