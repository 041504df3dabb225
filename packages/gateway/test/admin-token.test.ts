import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readAdminToken } from "../src/index.ts";
import { folder } from "./config-sources.ts";

describe("the admin token", () => {
  const long = "0123456789abcdef";
  const file = join(folder, "token");
  writeFileSync(file, ` ${long}\n`);
  const rows: readonly (readonly [
    says: string,
    Parameters<typeof readAdminToken>,
    expected: string | undefined | RegExp,
  ])[] = [
    ["none", [undefined, undefined, {}], undefined],
    ["of the usual variable", [undefined, undefined, { LARDER_ADMIN_TOKEN: long }], long],
    ["of a variable that is named", ["T", undefined, { LARDER_ADMIN_TOKEN: "x", T: long }], long],
    ["of a file, without what surrounds it", [undefined, file, {}], long],
    ["of a variable that is not set", ["T", undefined, {}], /^admin-token-env: the environment variable T is not set$/],
    ["of a file that is not there", [undefined, "/no/file", {}], /^admin-token-file: \/no\/file can't be read/],
    ["of both", ["T", file, { T: long }], /^admin-token-env: either a variable or a file/],
    ["too short, not shown", [undefined, undefined, { LARDER_ADMIN_TOKEN: "secret" }], /^(?!.*secret).*at least 16/],
    ["what no field can hold", ["T", undefined, { T: `${long} ${long}` }], /printable ASCII/],
  ];
  for (const [says, given, expected] of rows)
    test(says, () => {
      if (expected instanceof RegExp) assert.throws(() => readAdminToken(...given), { message: expected });
      else assert.equal(readAdminToken(...given), expected);
    });
});
