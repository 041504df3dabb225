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
    [kinds.bytes, 1000, 1000],
    [kinds.bytes, "500 MB", 500e6],
    [kinds.bytes, "20GiB", 20 * 1024 ** 3],
    [kinds.bytes, "1.5k", 1500],
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
    [kinds.bytes, "much"],
    [kinds.bytes, "-5"],
    [kinds.bytes, "5 iB"],
    [kinds.bytes, { toString: 5 }],
    [kinds.bytes, [5]],
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
    [{ fresh: "x" }, '--fresh: expected seconds, a number from 0 on, not "x"'],
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

  test("what is no TOML is named with its line and column", () => {
    assert.throws(() => readTomlFile(write("a = 1\nb = = 2\n")), /larder\.toml:2:5: this is no TOML: /);
  });

  test("a file that is not there", () => {
    assert.throws(() => readTomlFile(join(folder, "none.toml")), /none\.toml: the file can't be read \(ENOENT\)$/);
  });
});

test("whatever a file holds: a value or a fault, nothing thrown", () => {
  const all: readonly Kind<unknown>[] = [kinds.seconds, kinds.bytes, kinds.address, kinds.flag, kinds.text, kinds.url];
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.oneof(fc.string(), fc.jsonValue()), (kind, value) => {
      const read = kind.read(value, "/");
      if (kind === kinds.seconds || kind === kinds.bytes) assert.ok(isFault(read) || (read as number) >= 0);
    }),
    { numRuns: 5000 },
  );
});
