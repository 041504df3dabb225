import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { rootCertificates } from "node:tls";
import { ConfigFault } from "@larder/server";
import { type DefaultIndex, defaultIndex } from "../src/default-index.ts";
import { thisMachine } from "../src/machine.ts";
import { findNetrc } from "../src/netrc.ts";

const root = mkdtempSync(join(tmpdir(), "larder-index-"));
const [certificate = ""] = rootCertificates;
after(() => rmSync(root, { recursive: true }));
let homes = 0;

/** What stands on a machine: files below the home and below etc, programs on its PATH (shell scripts), variables. */
interface Setup {
  readonly files?: Readonly<Record<string, string>>;
  readonly etc?: Readonly<Record<string, string>>;
  readonly programs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A pip that answers as the real ones do, from the oldest (20) to the newest, which differ in nothing of this. */
const pip = (settings: string, builtIn = "https://built-in.example/simple"): string => `
case "$*" in
  *"config list"*) cat <<'END'
${settings}
END
  ;;
  *"install --help --isolated"*)
    test "$PIP_CONFIG_FILE" = /dev/null || exit 1
    test "$COLUMNS" -ge 200 || exit 1
    echo "  -i, --index-url <url>       Base URL of the Python Package Index (default ${builtIn}). This should point"
    echo "  --extra-index-url <url>     Extra URLs of package indexes (default https://extra.example)" ;;
  *) exit 1 ;;
esac`;
const noPip = "echo 'No module named pip' >&2; exit 1";
const uv = `
case "$*" in
  "python find") echo "$0-python" ;;
  "help --no-pager pip install")
    echo "          \\\`--default-index\\\` (which defaults to something)."
    echo "      --default-index <DEFAULT_INDEX>"
    echo "          The default package index (by"
    echo "          default: <https://uv.example/simple>)." ;;
  *) exit 1 ;;
esac`;

function find(
  { files = {}, etc = {}, programs = {}, env = {} }: Setup,
  own = (_: URL): boolean => false,
): DefaultIndex {
  const folder = join(root, String(homes++));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const [path, text] of Object.entries(files)) write(join(folder, "home", path), text);
  for (const [path, text] of Object.entries(etc)) write(join(folder, "etc", path), text);
  for (const [name, script] of Object.entries(programs)) {
    write(join(folder, "bin", name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "bin", name), 0o755);
  }
  // the programs need a shell's own tools, and must not find this machine's pip
  const tools = join(folder, "tools");
  write(join(tools, "cat"), `#!/bin/sh\nwhile IFS= read -r line; do printf '%s\\n' "$line"; done\n`);
  chmodSync(join(tools, "cat"), 0o755);
  const path = `${join(folder, "bin")}:${tools}`;
  return defaultIndex(thisMachine({ PATH: path, ...env }, join(folder, "home"), join(folder, "etc")), own);
}

const uvToml = (url: string): string =>
  `[[index]]\nurl = "https://other.example/"\n[[index]]\nname = "in-house.1"\nurl = "${url}"\ndefault = true\n`;
const home = ".config/uv/uv.toml";

describe("which index this machine's clients use", () => {
  const rows: readonly (readonly [says: string, set: Setup, url: string, from: RegExp])[] = [
    [
      "UV_DEFAULT_INDEX first",
      {
        env: { UV_DEFAULT_INDEX: "https://a.example/s", UV_INDEX_URL: "https://b.example/" },
        files: { [home]: uvToml("https://c.example/") },
      },
      "https://a.example/s/",
      /^UV_DEFAULT_INDEX$/,
    ],
    ["it may have a name", { env: { UV_DEFAULT_INDEX: "mine=https://a.example/s" } }, "https://a.example/s/", /./],
    [
      "then UV_INDEX_URL",
      { env: { UV_INDEX_URL: "https://b.example/" }, files: { [home]: uvToml("https://c.example/") } },
      "https://b.example/",
      /^UV_INDEX_URL$/,
    ],
    [
      "then uv's file, its default index",
      { files: { [home]: uvToml("https://c.example/") }, etc: { "uv/uv.toml": uvToml("https://d.example/") } },
      "https://c.example/",
      /uv\.toml$/,
    ],
    ["or its index-url", { files: { [home]: 'index-url = "https://c.example/"' } }, "https://c.example/", /uv\.toml$/],
    [
      "or that of uv pip",
      { files: { [home]: '[pip]\nindex-url = "https://c.example/"' } },
      "https://c.example/",
      /uv\.toml$/,
    ],
    [
      "in XDG_CONFIG_HOME",
      { files: { "x/uv/uv.toml": uvToml("https://c.example/") }, env: { XDG_CONFIG_HOME: join(root, "HOME", "x") } },
      "https://c.example/",
      /x\/uv\/uv\.toml$/,
    ],
    [
      "then the system's",
      { etc: { "uv/uv.toml": uvToml("https://d.example/") } },
      "https://d.example/",
      /etc\/uv\/uv\.toml$/,
    ],
    [
      "a uv.toml without a default does not count",
      { files: { [home]: '[[index]]\nurl = "https://c.example/"' }, programs: { python3: pip("") } },
      "https://built-in.example/simple/",
      /^pip's own default$/,
    ],
    [
      "UV_NO_CONFIG",
      { files: { [home]: uvToml("https://c.example/") }, env: { UV_NO_CONFIG: "1" }, programs: { pip: pip("") } },
      "https://built-in.example/simple/",
      /^pip's own/,
    ],
    [
      "then pip's configuration",
      { programs: { python3: pip("global.index-url='https://e.example/simple'\nglobal.timeout='5'") } },
      "https://e.example/simple/",
      /^pip's configuration$/,
    ],
    [
      "its section install before global",
      { programs: { python3: pip("global.index-url='https://e.example/'\ninstall.index-url='https://f.example/'") } },
      "https://f.example/",
      /./,
    ],
    [
      "its environment before both",
      { programs: { python3: pip(":env:.index-url='https://g.example/'\ninstall.index-url='https://f.example/'") } },
      "https://g.example/",
      /./,
    ],
    [
      "else pip's own default",
      { programs: { python3: pip("global.timeout='5'") } },
      "https://built-in.example/simple/",
      /^pip's own default$/,
    ],
    [
      "of whatever pip there is",
      { programs: { python3: noPip, python: noPip, pip3: pip("") } },
      "https://built-in.example/simple/",
      /./,
    ],
    [
      "of the python that uv would use",
      { programs: { uv, "uv-python": pip("") } },
      "https://built-in.example/simple/",
      /./,
    ],
    ["else uv's own default", { programs: { uv } }, "https://uv.example/simple/", /^uv's own default$/],
  ];
  for (const [says, set, url, from] of rows) {
    test(says, () => {
      const env = Object.fromEntries(
        Object.entries(set.env ?? {}).map(([name, value]) => [name, value.replace("HOME", `${homes}/home`)]),
      );
      const found = find({ ...set, env });
      assert.equal(found.url.href, url);
      assert.match(found.from, from);
    });
  }

  test("one that leads back to this gateway is passed over", () => {
    const env = { UV_DEFAULT_INDEX: "http://127.0.0.1:8080/pypi/simple/" };
    const found = find({ env, programs: { python3: pip("") } }, (url) => url.port === "8080");
    assert.equal(found.url.href, "https://built-in.example/simple/");
  });
});

describe("what else these clients know of it", () => {
  const basic = (username: string, password: string) => ({ type: "basic", username, password });
  const netrc = "machine a.example login n password m\n";
  const rows: readonly (readonly [says: string, set: Setup, credentials: unknown])[] = [
    ["credentials in the URL", { env: { UV_DEFAULT_INDEX: "https://u:p%40@a.example/" } }, basic("u", "p@")],
    ["a token as the user", { env: { UV_DEFAULT_INDEX: "https://t@a.example/" } }, basic("t", "")],
    [
      "uv's variables for a named index",
      {
        files: { [home]: uvToml("https://a.example/") },
        env: { UV_INDEX_IN_HOUSE_1_USERNAME: "u", UV_INDEX_IN_HOUSE_1_PASSWORD: "p" },
      },
      basic("u", "p"),
    ],
    ["netrc", { env: { UV_DEFAULT_INDEX: "https://a.example/" }, files: { ".netrc": netrc } }, basic("n", "m")],
    [
      "the URL before netrc",
      { env: { UV_DEFAULT_INDEX: "https://u:p@a.example/" }, files: { ".netrc": netrc } },
      basic("u", "p"),
    ],
    [
      "netrc of another host",
      { env: { UV_DEFAULT_INDEX: "https://b.example/" }, files: { ".netrc": netrc } },
      undefined,
    ],
  ];
  for (const [says, set, credentials] of rows) {
    test(says, () => {
      const found = find(set);
      assert.deepEqual(found.credentials, credentials);
      assert.equal(found.url.username + found.url.password, "");
    });
  }

  test("pip's certificates and proxy", () => {
    const pem = join(root, "ca.pem");
    writeFileSync(pem, certificate);
    const set = `global.cert='${pem}'\nglobal.proxy='user:pw@proxy.example:3128'`;
    const found = find({ programs: { python3: pip(set) } });
    assert.equal(found.ca, certificate);
    assert.equal(found.proxy?.href, "http://user:pw@proxy.example:3128/");
  });
});

describe("what can't be used is said in one line", () => {
  const rows: readonly (readonly [says: string, set: Setup, message: RegExp])[] = [
    ["nothing", {}, /^no index: .* pass --mount \/pypi\/=pypi:URL, for example [^\n]*$/],
    [
      "a folder",
      { env: { UV_DEFAULT_INDEX: "/srv/simple" } },
      /^UV_DEFAULT_INDEX names an index that is no http URL; pass --mount [^\n]*$/,
    ],
    [
      "a uv.toml that is none",
      { files: { [home]: "a = 1\n= 2" } },
      /uv\.toml:2: this is no TOML; mend it or pass --mount$/,
    ],
    [
      "certificates that are gone",
      { env: { UV_DEFAULT_INDEX: "https://a.example/", SSL_CERT_FILE: "/none.pem" } },
      /^UV_DEFAULT_INDEX: \/none\.pem can't be read \(ENOENT\)$/,
    ],
  ];
  for (const [says, set, message] of rows) {
    test(says, () => {
      assert.throws(
        () => find(set),
        (error) => error instanceof ConfigFault && message.test(error.message),
      );
    });
  }
});

describe("netrc", () => {
  const rows: readonly (readonly [says: string, source: string, found: unknown])[] = [
    ["one line", "machine h login a password b", { username: "a", password: "b" }],
    [
      "many lines, quotes, accounts",
      'machine x login y password z\nmachine h\n  account q\n  login "a"\n  password b\n',
      { username: "a", password: "b" },
    ],
    [
      "default for all others",
      "machine x login y password z\ndefault login a password b",
      { username: "a", password: "b" },
    ],
    [
      "macros are no logins",
      "machine h login a password b\nmacdef init\nmachine h login no password no\n\nmacdef last\nmachine h login no",
      { username: "a", password: "b" },
    ],
    ["the last one of a host", "machine h login x password y\nmachine h password b", { username: "", password: "b" }],
    ["another host", "machine x login y password z", undefined],
    ["cut off", "machine h login", { username: "", password: "" }],
    ["empty", "", undefined],
  ];
  for (const [says, source, found] of rows) test(says, () => assert.deepEqual(findNetrc(source, "h"), found));
});
