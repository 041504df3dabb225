import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { folder, runLarder } from "./program.ts";

const index = "http://127.0.0.1:8080/pypi/simple/";
const secure = "https://larder.example/pypi/simple/";

/** A machine with one program, that notes what it was told; `says` are its answers by its last argument. */
function machine(program: string, says: Readonly<Record<string, string>> = {}, fails?: string) {
  const home = folder();
  const bin = join(home, "bin");
  const log = join(home, "log");
  mkdirSync(bin);
  const answers = Object.entries(says).map(([word, text]) => `${word}) echo '${text}';;\n`);
  const failing = fails === undefined ? "" : `case "$*" in *${fails}*) echo 'it is broken' >&2; exit 1;; esac\n`;
  const script = `#!/bin/sh\n${failing}for last; do :; done\ncase "$last" in\n${answers.join("")}esac\necho "$*" >> ${log}\n`;
  writeFileSync(join(bin, program), script);
  chmodSync(join(bin, program), 0o755);
  return {
    home,
    use: (...args: string[]) => runLarder(home, ["use", ...args], bin),
    told: () =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .split("\n")
            .filter((line) => !/--version|^$/.test(line))
        : [],
  };
}

/** Any file does. */
const authority = ["--url", "https://larder.example/pypi/", "--ca", import.meta.filename];

describe("larder use", () => {
  const printed: readonly (readonly [client: string, args: readonly string[], lines: RegExp, err: RegExp])[] = [
    [
      "uv",
      [],
      /^# in \/.*\/\.config\/uv\/uv\.toml:\n\[\[index\]\]\nurl = "http:\/\/127\.0\.0\.1:8080\/pypi\/simple\/"\ndefault = true\n$/,
      /^$/,
    ],
    ["uv", ["--url", "https://larder.example/pypi"], /^url = "https:\/\/larder\.example\/pypi\/simple\/"$/m, /^$/],
    [
      "pip",
      [],
      /^pip config --user set global\.index-url http:\/\/127\.0\.0\.1:8080\/pypi\/simple\/\npip config --user set global\.trusted-host 127\.0\.0\.1\n$/,
      /^larder: pip caches nothing that comes over plain http, unless it is told --trusted-host/,
    ],
    [
      "pip",
      ["--url", secure],
      /^pip config --user set global\.index-url https:\/\/larder\.example\/pypi\/simple\/\n$/,
      /^$/,
    ],
    ["poetry", [], /^poetry source add --priority=primary larder http:\/\/127\.0\.0\.1:8080\/pypi\/simple\/\n$/, /^$/],
    ["pdm", [], /^pdm config pypi\.url http:\/\/127\.0\.0\.1:8080\/pypi\/simple\/\n$/, /^$/],
    ["uv", authority, /^# in the environment:\nexport SSL_CERT_FILE=\/\S+\.ts\n$/m, /^$/],
    ["pip", authority, /\npip config --user set global\.cert \/\S+\.ts\n$/, /^$/],
    ["poetry", authority, /\npoetry config certificates\.larder\.cert \/\S+\.ts\n$/, /^$/],
    ["pdm", authority, /\npdm config pypi\.ca_certs \/\S+\.ts\n$/, /^$/],
    ["pdm", ["--url", "http://larder.example/pypi/"], /\npdm config pypi\.verify_ssl false\n$/, /^$/],
  ];
  for (const [client, args, lines, err] of printed) {
    test(`prints how to set up ${client} ${args.join(" ")}`, async () => {
      const ended = await runLarder(folder(), ["use", client, ...args]);
      assert.equal(ended.code, 0, ended.err);
      assert.match(ended.out, lines);
      assert.match(ended.err, err);
    });
  }

  const commands: readonly (readonly [
    client: string,
    program: string,
    says: Record<string, string>,
    told: readonly string[],
  ])[] = [
    [
      "pip",
      "pip3",
      { "global.trusted-host": "a.example 127.0.0.1" },
      [
        "config --user get global.trusted-host",
        `config --user set global.index-url ${index}`,
        "config --user set global.trusted-host a.example 127.0.0.1",
      ],
    ],
    ["poetry", "poetry", {}, [`source add --priority=primary larder ${index}`]],
    ["pdm", "pdm", {}, [`config pypi.url ${index}`]],
  ];
  for (const [client, program, says, told] of commands) {
    test(`--write has ${client} set itself up`, async () => {
      const { use, told: wasTold } = machine(program, says);
      const { code, err } = await use(client, "--write");
      assert.equal(code, 0, err);
      assert.deepEqual(wasTold(), told);
    });
  }

  test("--write edits uv's file, which need not be there, and once is enough", async () => {
    const home = folder();
    const file = join(home, ".config/uv/uv.toml");
    const use = (url: string) => runLarder(home, ["use", "uv", "--write", "--url", url]);
    assert.equal((await use(index)).out, `${file}: its default index is ${index}\n`);
    writeFileSync(file, `# mine\n${readFileSync(file, "utf8")}`);
    assert.equal((await use(secure)).code, 0);
    assert.equal(readFileSync(file, "utf8"), `# mine\n[[index]]\nurl = "${secure}"\ndefault = true\n`);
    assert.equal((await use(secure)).out, `${file} says so already\n`);
  });

  test("--json", async () => {
    const { out } = await runLarder(folder(), ["use", "pdm", "--json"]);
    assert.deepEqual(JSON.parse(out), { index, lines: [`pdm config pypi.url ${index}`], notes: [] });
  });

  const faults: readonly (readonly [says: string, run: () => ReturnType<typeof runLarder>, err: RegExp])[] = [
    [
      "another client",
      () => runLarder(folder(), ["use", "conda"]),
      /expected one of uv, pip, poetry, pdm, not "conda"/,
    ],
    ["no URL", () => runLarder(folder(), ["use", "uv", "--url", "larder"]), /--url: .*for example http:/],
    [
      "no such file",
      () => runLarder(folder(), ["use", "uv", "--url", secure, "--ca", "none.pem"]),
      /--ca: there is no file \/\S+none\.pem/,
    ],
    [
      "an authority without TLS",
      () => runLarder(folder(), ["use", "uv", "--ca", "a"]),
      /--ca: there is no certificate/,
    ],
    ["no such program", () => runLarder(folder(), ["use", "poetry", "--write"]), /poetry is not installed here/],
    [
      "a program that fails",
      () => machine("pdm", {}, "config").use("pdm", "--write"),
      /pdm config pypi\.url .* failed: it is broken/,
    ],
    [
      "a file that is no TOML",
      () => {
        const home = folder();
        mkdirSync(join(home, ".config/uv"), { recursive: true });
        writeFileSync(join(home, ".config/uv/uv.toml"), "a = ");
        return runLarder(home, ["use", "uv", "--write"]);
      },
      /uv\.toml: Its line 1 is no TOML/,
    ],
  ];
  for (const [says, act, err] of faults) {
    test(`${says}: exit code 2, and a sentence`, async () => {
      const ended = await act();
      assert.equal(ended.code, 2, ended.out);
      assert.match(ended.err, err);
    });
  }
});
