import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { ConfigFault, isFault, type Kind, kinds, readSettings, readTomlFile, showAddress } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "larder-settings-"));
after(() => rmSync(folder, { recursive: true }));

describe("kinds of values", () => {
  const good: readonly (readonly [kind: Kind<unknown>, value: unknown, read: unknown])[] = [
    [kinds.seconds, 60, 60],
    [kinds.seconds, "0.5", 0.5],
    [kinds.seconds, "90 minutes", 5400],
    [kinds.seconds, "36h", 36 * 3600],
    [kinds.seconds, "1 day", 86_400],
    [kinds.seconds, "2 Weeks", 14 * 86_400],
    [kinds.date, "2026-01-31", Date.UTC(2026, 0, 31)],
    [kinds.date, "2026-01-31T12:00", Date.UTC(2026, 0, 31, 12)],
    [kinds.date, "2026-01-31 12:00:00.5Z", Date.UTC(2026, 0, 31, 12, 0, 0, 500)],
    [kinds.date, "2026-01-31T12:00:00+02:00", Date.UTC(2026, 0, 31, 10)],
    [kinds.texts, "a", ["a"]],
    [kinds.texts, ["a", "b"], ["a", "b"]],
    [kinds.bytes, 1000, 1000],
    [kinds.bytes, "500 MB", 500e6],
    [kinds.bytes, "20GiB", 20 * 1024 ** 3],
    [kinds.bytes, "1.5k", 1500],
    [kinds.count(1, 64), 64, 64],
    [kinds.count(1, 64), "1", 1],
    [kinds.address, "127.0.0.1:80", { host: "127.0.0.1", port: 80 }],
    [kinds.address, "[::1]:80", { host: "::1", port: 80 }],
    [kinds.address, "host.example:0", { host: "host.example", port: 0 }],
    [kinds.address, "8080", { host: "127.0.0.1", port: 8080 }],
    [kinds.flag, true, true],
    [kinds.text, "a", "a"],
    [kinds.path("DIR"), "a/b", "/base/a/b"],
    [kinds.path("DIR"), "/a", "/a"],
    [kinds.choice(["a", "b"]), "b", "b"],
  ];
  for (const [kind, value, read] of good) {
    test(`${JSON.stringify(value)} is ${JSON.stringify(read)}`, () => {
      assert.deepEqual(kind.read(value, "/base"), read);
    });
  }

  const bad: readonly (readonly [kind: Kind<unknown>, value: unknown])[] = [
    [kinds.seconds, -1],
    [kinds.seconds, ""],
    [kinds.seconds, "soon"],
    [kinds.seconds, Number.POSITIVE_INFINITY],
    [kinds.seconds, true],
    [kinds.seconds, "7 months"],
    [kinds.seconds, "d"],
    [kinds.date, "soon"],
    [kinds.date, "2026-13-01"],
    [kinds.date, "12:00"],
    [kinds.date, 2026],
    [kinds.texts, []],
    [kinds.texts, ["a", ""]],
    [kinds.texts, { a: "b" }],
    [kinds.bytes, "much"],
    [kinds.bytes, "-5"],
    [kinds.bytes, "5 iB"],
    [kinds.bytes, { toString: 5 }],
    [kinds.bytes, [5]],
    [kinds.count(1, 64), 0],
    [kinds.count(1, 64), 65],
    [kinds.count(1, 64), -1],
    [kinds.count(1, 64), "two"],
    [kinds.count(1, 64), 1.5],
    [kinds.count(1, 64), [2]],
    [kinds.address, "127.0.0.1"],
    [kinds.address, "::1:80"],
    [kinds.address, "host:99999"],
    [kinds.flag, "true"],
    [kinds.text, ""],
    [kinds.text, 5],
    [kinds.path("DIR"), ""],
    [kinds.choice(["a", "b"]), "c"],
    [kinds.address, { toString: 5, valueOf: 5 }],
    [kinds.url, { toString: null }],
    [kinds.url, "index.example"],
    [kinds.url, "ftp://index.example/"],
  ];
  for (const [kind, value] of bad) {
    test(`${JSON.stringify(value)} is none`, () => assert.ok(isFault(kind.read(value, "/"))));
  }

  test("an address is shown as it is written", () => {
    assert.equal(showAddress({ host: "::1", port: 80 }), "[::1]:80");
    assert.equal(showAddress({ host: "127.0.0.1", port: 80 }), "127.0.0.1:80");
  });
});

describe("reading settings", () => {
  const settings = { fresh: { kind: kinds.seconds, help: "" }, listen: { kind: kinds.address, help: "" } };
  const read = (said: Record<string, unknown>) => readSettings(settings, said, (key) => `--${key}`, "/");

  test("only what was said is there", () => {
    assert.deepEqual(read({ fresh: "5", listen: undefined }), { fresh: 5 });
  });

  const faults: readonly (readonly [said: Record<string, unknown>, message: string])[] = [
    [
      { fresh: "x" },
      '--fresh: expected seconds, a number from 0 on, or a text such as "36 hours" or "7 days", not "x"',
    ],
    [{ frsh: 5 }, "--frsh: there is no such setting; did you mean fresh?"],
    [{ colour: 5 }, "--colour: there is no such setting; known are fresh, listen"],
    [{ constructor: 5 }, "--constructor: there is no such setting; known are fresh, listen"],
  ];
  for (const [said, message] of faults) {
    test(message, () => assert.throws(() => read(said), new ConfigFault(message)));
  }
});

describe("TOML files", () => {
  const write = (text: string): string => {
    const path = join(folder, "larder.toml");
    writeFileSync(path, text);
    return path;
  };

  test("places are the lines that set things", () => {
    const file = readTomlFile(
      write(
        '# mine\nfresh = 5\n\n[[mount]]\nprefix = "/a/"\n\n[[mount]]\n"prefix" = "/b/"\nfresh = 1\n[log]\nx.y = 1\n',
      ),
    );
    const line = (key: string, table?: string, index?: number): string | undefined =>
      /larder\.toml(?::(\d+))?: /.exec(file.place(table, index)(key))?.[1];
    assert.equal(line("fresh"), "2");
    assert.equal(line("log"), "10");
    assert.equal(line("prefix", "mount", 0), "5");
    assert.equal(line("prefix", "mount", 1), "8");
    assert.equal(line("fresh", "mount", 1), "9");
    assert.equal(line("fresh", "mount", 0), "4", "not said there: the table's own line");
    assert.equal(line("x", "log"), "11");
    assert.equal(line("nothing"), undefined);
    assert.equal(file.folder, folder);
  });

  test("a date as TOML has it, without a zone in UTC", () => {
    for (const text of ["1979-05-27", "1979-05-27 00:00:00", "1979-05-26T22:00:00-02:00"])
      assert.equal(kinds.date.read(readTomlFile(write(`a = ${text}`)).table.a, ""), Date.UTC(1979, 4, 27), text);
  });

  test("places within tables of tables", () => {
    const file = readTomlFile(
      write(
        [
          "[[mount]]",
          "[mount.policy]",
          "a = 1",
          "[[mount]]",
          'policy . "a" = 1',
          "[[mount.policy.block]]",
          "name = 1",
          "[[mount.policy.block]]",
          "name = 1",
          "[[mount]]",
          "policy = { a = 1 }",
        ].join("\n"),
      ),
    );
    const rows: readonly (readonly [mount: number, key: string, line: number])[] = [
      [0, "policy.a", 3],
      [0, "policy.b", 2],
      [1, "policy.a", 5],
      [1, "policy", 5],
      [1, "policy.block", 6],
      [1, "policy.block[0].name", 7],
      [1, "policy.block[1].name", 9],
      [1, "policy.block[1].other", 8],
      [2, "policy.a", 11],
    ];
    for (const [mount, key, line] of rows)
      assert.equal(file.place("mount", mount)(key), `${join(folder, "larder.toml")}:${line}: ${key}`);
  });

  test("what is no TOML is named with its line and column", () => {
    assert.throws(() => readTomlFile(write("a = 1\nb = = 2\n")), /larder\.toml:2:5: this is no TOML: /);
  });

  test("a file that is not there", () => {
    assert.throws(() => readTomlFile(join(folder, "none.toml")), /none\.toml: the file can't be read \(ENOENT\)$/);
  });
});

test("whatever a file holds: a value or a fault, nothing thrown", () => {
  const all: readonly Kind<unknown>[] = [
    kinds.seconds,
    kinds.bytes,
    kinds.address,
    kinds.flag,
    kinds.text,
    kinds.url,
    kinds.date,
    kinds.texts,
  ];
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.oneof(fc.string(), fc.jsonValue()), (kind, value) => {
      const read = kind.read(value, "/");
      if (kind === kinds.seconds || kind === kinds.bytes) assert.ok(isFault(read) || (read as number) >= 0);
    }),
    { numRuns: 5000 },
  );
});
