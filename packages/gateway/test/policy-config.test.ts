import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ConfigFault } from "@larder/server";
import { readConfig } from "../src/config-read.ts";
import { thisMachine } from "../src/machine.ts";

const folder = mkdtempSync(join(tmpdir(), "larder-policy-config-"));
after(() => rmSync(folder, { recursive: true }));

function readToml(toml: string, options: Record<string, string> = {}) {
  const file = join(folder, "larder.toml");
  writeFileSync(file, toml);
  const sources = { options, mounts: [], file, interactive: false, folder };
  return readConfig(sources, thisMachine({}, folder, folder)).config;
}
const upstream = "https://index.example/simple/";

describe("the policy of an index", () => {
  const head = `[[mount]]\nprefix = "/a/"\nformat = "pypi"\nupstream = "${upstream}"\n[mount.policy]\n`;
  test("of a file: everything in it", () => {
    const toml = `${head}minimum-age = "7 days"
line-in-the-sand = 2026-01-01
hide-pre-releases = true
only-binary = true
advisories = "."
[[mount.policy.exempt]]
name = ["Acme_Tools", "own-*"]
until = 2026-06-01T12:00:00Z
[[mount.policy.block]]
name = "leftpad"
specifier = ">=2, <3"
because = "CVE-2026-1"
[[mount.policy.block]]
hash = "SHA256:${"AB".repeat(32)}"
[[mount.policy.allow]]
name = "*"
licence = ["MIT", "BSD-*"]
uploaded-after = "2020-01-01"
uploaded-before = "2026-01-31T00:00:00+01:00"
`;
    assert.deepEqual((readToml(toml).mounts[0] as { policy?: unknown }).policy, {
      minimumAge: 7 * 86_400,
      lineInTheSand: Date.UTC(2026, 0, 1),
      hidePreReleases: true,
      onlyBinary: true,
      advisories: folder,
      exempt: [{ names: ["acme-tools", "own-*"], until: Date.UTC(2026, 5, 1, 12) }],
      block: [
        { names: ["leftpad"], specifier: ">=2, <3", because: "CVE-2026-1" },
        { hash: { sha256: "ab".repeat(32) } },
      ],
      allow: [
        {
          names: ["*"],
          licences: ["MIT", "BSD-*"],
          uploadedAfter: Date.UTC(2020, 0, 1),
          uploadedBefore: Date.UTC(2026, 0, 30, 23),
        },
      ],
    });
  });
  const mount = head.replace("[mount.policy]\n", "");
  const ages: readonly [says: string, toml: string, option: string | undefined, age: number | undefined][] = [
    ["of all mounts", `minimum-age = "1 day"\n${mount}`, undefined, 86_400],
    ["of one", `minimum-age = "1 day"\n${mount}minimum-age = "1 hour"\n`, undefined, 3600],
    ["of its policy", `minimum-age = "1 day"\n${head}minimum-age = "1 minute"\n`, undefined, 60],
    ["of all mounts, beside a policy", `minimum-age = "1 day"\n${head}only-binary = true\n`, undefined, 86_400],
    ["on the command line", mount, "7d", 7 * 86_400],
    ["on the command line, before all else", `minimum-age = 5\n${head}minimum-age = 6\n`, "7d", 7 * 86_400],
    ["nowhere", mount, undefined, undefined],
  ];
  for (const [says, toml, option, age] of ages)
    test(`the minimum age that is said ${says}`, () => {
      const { mounts } = readToml(toml, option === undefined ? {} : { "minimum-age": option });
      assert.equal((mounts[0] as { policy?: { minimumAge?: number } }).policy?.minimumAge, age);
    });
  test("a minimum age is not for what is no index", () => {
    const { mounts } = readToml(`minimum-age = 5\n${mount.replace('"pypi"', '"http"')}`);
    assert.ok(!("policy" in mounts[0]!));
  });

  test("that nothing was said of is none", () => {
    assert.ok(!("policy" in readToml(head.replace("[mount.policy]\n", "")).mounts[0]!));
  });

  const rows: readonly (readonly [toml: string, message: RegExp])[] = [
    [
      `${head}[[mount.policy.exempt]]\nlicence = "MIT"`,
      /larder\.toml:7: policy\.exempt\[0\]\.licence: a licence exempts nothing/,
    ],
    [`${head}advisories = "none.zip"`, /larder\.toml:6: policy\.advisories: there is no file or folder .*none\.zip$/],
    [`${head}minimum-age = "soon"`, /larder\.toml:6: policy\.minimum-age: expected seconds, .*, not "soon"$/],
    [
      `${head}minimal-age = 5`,
      /larder\.toml:6: policy\.minimal-age: there is no such setting; did you mean minimum-age\?$/,
    ],
    [`${head}line-in-the-sand = "2026-02-31x"`, /larder\.toml:6: policy\.line-in-the-sand: expected a date, /],
    [
      `${head.replace("[mount.policy]", "policy = 7")}`,
      /larder\.toml:5: policy: a policy is a table, under a line \[mount\.policy\]$/,
    ],
    [
      `${head}block = "x"`,
      /larder\.toml:6: policy\.block: rules are written as tables, each under a line \[\[mount\.policy\.block\]\]$/,
    ],
    [`${head}[[mount.policy.block]]\nnaem = "x"`, /larder\.toml:7: policy\.block\[0\]\.naem: .* did you mean name\?$/],
    [
      `${head}[[mount.policy.block]]\nname = "x"\n[[mount.policy.block]]\n`,
      /larder\.toml:8: policy\.block\[1\]: the rule says nothing of a file/,
    ],
    [
      `${head}[[mount.policy.exempt]]\nuntil = 2026-01-01`,
      /larder\.toml:6: policy\.exempt\[0\]: the rule says nothing of a file/,
    ],
    [
      `${head}[[mount.policy.allow]]\nname = "a b"`,
      /larder\.toml:7: policy\.allow\[0\]\.name: no project can have the name "a b"/,
    ],
    [
      `${head}[[mount.policy.allow]]\nspecifier = "2"`,
      /larder\.toml:7: policy\.allow\[0\]\.specifier: expected a version specifier .*, not "2"$/,
    ],
    [
      `${head}[[mount.policy.allow]]\nhash = "sha256:00"`,
      /larder\.toml:7: policy\.allow\[0\]\.hash: expected algorithm and digest, .*, not "sha256:00"$/,
    ],
    [`${head.replace('"pypi"', '"http"')}only-binary = true`, /larder\.toml:5: policy: there is no such setting; /],
  ];
  for (const [toml, message] of rows)
    test(String(message), () => {
      assert.throws(
        () => readToml(toml),
        (error) => error instanceof ConfigFault && message.test(error.message),
      );
    });
});
