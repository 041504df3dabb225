import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Credentials, ProxyConfig } from "../src/config.ts";
import { connect } from "../src/proxy.ts";

const config: ProxyConfig = {
  prefix: "/pypi/",
  format: "pypi",
  upstream: new URL("https://index.example/simple/"),
  credentials: undefined,
  fresh: undefined,
  offline: false,
  verify: 3600,
  timeouts: { connect: 1, head: 1, idle: 1 },
  ca: undefined,
  proxy: { type: "none" },
};
const ann: Credentials = { type: "basic", username: "ann", password: "one" };

describe("a data folder that is used again: what was stored under", () => {
  const rows: readonly [says: string, before: Partial<ProxyConfig>, after: Partial<ProxyConfig>, found: boolean][] = [
    ["the same configuration is found", {}, {}, true],
    ["the same credentials is found", { credentials: ann }, { credentials: { ...ann } }, true],
    ["credentials is not found without", { credentials: ann }, {}, false],
    ["none is not found with", {}, { credentials: ann }, false],
    ["another name is not found", { credentials: ann }, { credentials: { ...ann, username: "bob" } }, false],
    ["another password is not found", { credentials: ann }, { credentials: { ...ann, password: "two" } }, false],
    ["another token is not found", { credentials: { type: "bearer", token: "1" } }, { credentials: ann }, false],
    ["another format is not found", {}, { format: "http" }, false],
  ];
  for (const [says, before, after, found] of rows) {
    test(says, () => {
      const [one, other] = [before, after].map((changes) => connect({ ...config, ...changes }).keySpace);
      assert.equal(one === other, found);
      assert.doesNotMatch(`${one}${other}`, /ann|bob|one|two/);
    });
  }
});
