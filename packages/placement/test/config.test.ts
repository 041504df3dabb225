import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ConfigFault } from "@larder/server";
import { readDatabase, readPlacementConfig } from "../src/config/read.ts";

const folder = mkdtempSync(join(tmpdir(), "larder-placement-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const sources = (options: Record<string, unknown>, file?: string, env: Record<string, string> = {}) => ({
  options,
  file,
  folder,
  interactive: false,
  env: { XDG_DATA_HOME: folder, ...env },
});

describe("placement: settings", () => {
  test("nothing said: loopback, a file in the user's data folder, every token believed, tags", () => {
    const config = readPlacementConfig(sources({}));
    assert.deepEqual(config.listen, { host: "127.0.0.1", port: 8778 });
    assert.equal(config.database, join(folder, "larder/placement.db"));
    assert.match(config.auth, /noauth2/);
    assert.deepEqual(
      [config.validators, config.prefix, config.trustForwarded, config.cors],
      ["strong", "", false, undefined],
    );
    assert.equal(config.logFormat, "json");
  });

  test("the command line counts before the file; paths start from where they are written", () => {
    const file = write(
      "a.toml",
      'listen = "127.0.0.1:1"\ndatabase = "sqlite:sub/a.db"\nmax-candidates = 5\nnew-defaults = true\n',
    );
    const config = readPlacementConfig({ ...sources({ listen: "127.0.0.1:2" }, file), folder: "/elsewhere" });
    assert.equal(config.listen.port, 2);
    assert.equal(config.database, join(folder, "sub/a.db"));
    assert.equal(config.candidates?.maxCandidates, 5);
    const admin = { user: "a", project: "p", roles: ["admin"], systemScope: false };
    assert.equal(config.policy.allows("placement:reshaper:reshape", admin, {}), false);
  });

  const databases: readonly [said: string, path: string][] = [
    ["sqlite:a.db", join(folder, "a.db")],
    ["sqlite:/tmp/a.db", "/tmp/a.db"],
    ["sqlite:///tmp/a.db", "/tmp/a.db"],
    ["sqlite::memory:", ":memory:"],
  ];
  for (const [said, path] of databases)
    test(`--database ${said} is ${path}`, () => assert.equal(readDatabase(sources({ database: said })), path));

  const policy = () => write("policy.yaml", '# all may look\n"placement:traits:list": "@"\n');
  test("a policy file replaces single rules", () => {
    const config = readPlacementConfig(sources({ "policy-file": policy() }));
    const nobody = { user: "u", project: "p", roles: [], systemScope: false };
    assert.equal(config.policy.allows("placement:traits:list", nobody, {}), true);
    assert.equal(config.policy.allows("placement:traits:show", nobody, {}), false);
  });

  const faults: readonly { says: string; options?: () => Record<string, unknown>; toml?: string; message: RegExp }[] = [
    {
      says: "another address without auth",
      options: () => ({ listen: "0.0.0.0:8778" }),
      message: /^--auth: .*0\.0\.0\.0.*keystone, tokens, or noauth2/,
    },
    { says: "an address that is none", options: () => ({ listen: "x:y:z" }), message: /^--listen: expected HOST:PORT/ },
    {
      says: "another kind of database",
      options: () => ({ database: "mysql://x" }),
      message: /^--database: expected sqlite:PATH, not "mysql:\/\/x"/,
    },
    { says: "keystone without its place", options: () => ({ auth: "keystone" }), message: /--keystone-url/ },
    {
      says: "keystone without password",
      options: () => ({ auth: "keystone", "keystone-url": "http://keystone.example" }),
      message: /OS_PASSWORD.*is not set/,
    },
    { says: "tokens without file", options: () => ({ auth: "tokens" }), message: /--tokens-file FILE/ },
    {
      says: "a file of tokens that is missing",
      options: () => ({ auth: "tokens", "tokens-file": "/nope" }),
      message: /^--tokens-file: \/nope can't be read \(ENOENT\)/,
    },
    {
      says: "tokens that are none",
      options: () => ({ auth: "tokens", "tokens-file": write("t.yaml", "- user: u\n") }),
      message: /t\.yaml: token 1 has no token/,
    },
    {
      says: "a rule that is none",
      options: () => ({ "policy-file": write("p.yaml", '"placement:usages": "role"\n') }),
      message: /p\.yaml: role is no check in the rule "role"/,
    },
    {
      says: "a policy that is no YAML",
      options: () => ({ "policy-file": write("q.yaml", "{") }),
      message: /q\.yaml: /,
    },
    {
      says: "a policy that is a list",
      options: () => ({ "policy-file": write("r.yaml", "- a\n") }),
      message: /r\.yaml: expected rules/,
    },
    {
      says: "a prefix that is no path",
      options: () => ({ prefix: "placement" }),
      message: /^--prefix: expected a path/,
    },
    { says: "no candidates", toml: "max-candidates = 0\n", message: /max-candidates: expected a number from 1 on/ },
    {
      says: "an unknown key",
      toml: 'databse = "sqlite:a.db"\n',
      message: /\.toml:1: databse: there is no such setting; did you mean database\?/,
    },
  ];
  for (const { says, options, toml, message } of faults)
    test(`${says}: one line that names place and cure`, () => {
      const file = toml === undefined ? undefined : write("wrong.toml", toml);
      assert.throws(
        () => readPlacementConfig(sources(options?.() ?? {}, file)),
        (error) => error instanceof ConfigFault && message.test(error.message) && !error.message.includes("\n"),
      );
    });
});
