import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { rootCertificates } from "node:tls";
import { ConfigFault } from "@larder/server";
import { type ConfigSources, readConfig } from "../src/config-read.ts";
import { type GatewayConfig, type ProxyConfig, readAdminToken } from "../src/index.ts";
import type { Machine } from "../src/machine.ts";

const folder = mkdtempSync(join(tmpdir(), "larder-config-"));
const [certificate = ""] = rootCertificates;
writeFileSync(join(folder, "broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
after(() => rmSync(folder, { recursive: true }));

const machine: Machine = {
  env: { INDEX_PASSWORD: "pw", INDEX_TOKEN: "t0ken", EMPTY: "" },
  home: "/home/u",
  etc: "/nonexistent",
  platform: "linux",
  hostname: "here",
  run: () => undefined,
};
const upstream = "https://index.example/simple/";
const mountLine = `/pypi/=pypi:${upstream}`;

function read(sources: Partial<ConfigSources>): GatewayConfig {
  const all = { options: {}, mounts: [], file: undefined, interactive: false, folder: "/work", ...sources };
  return readConfig(all, machine).config;
}
function readToml(toml: string, sources: Partial<ConfigSources> = {}): GatewayConfig {
  const file = join(folder, "larder.toml");
  writeFileSync(file, toml);
  return read({ file, ...sources });
}
/** The mounts that have an upstream. */
const proxiesOf = ({ mounts }: GatewayConfig) => mounts.filter((mount): mount is ProxyConfig => "upstream" in mount);

const plainMount: Omit<ProxyConfig, "prefix" | "format" | "upstream"> = {
  credentials: undefined,
  fresh: undefined,
  verify: 3600,
  offline: false,
  timeouts: { connect: 5, head: 10, idle: 30 },
  ca: undefined,
  proxy: { type: "environment" },
};

describe("a configuration", () => {
  test("of the command line alone, every default filled in", () => {
    assert.deepEqual(read({ mounts: [mountLine] }), {
      listen: { host: "127.0.0.1", port: 8080 },
      tls: undefined,
      admin: undefined,
      adminToken: undefined,
      data: "/home/u/.cache/larder",
      maxBytes: 10 * 1024 ** 3,
      maxRequestBytes: 1024 ** 3,
      mounts: [{ prefix: "/pypi/", format: "pypi", upstream: new URL(upstream), ...plainMount }],
      log: "json",
      grace: 30,
    });
  });

  test("all options", () => {
    const options = { listen: "[::]:1", data: "d", fresh: "5", offline: true, "log-format": "text", admin: "9090" };
    const config = read({ options, mounts: ["/=http:http://a.example/b"] });
    assert.deepEqual(config.listen, { host: "::", port: 1 });
    assert.deepEqual(config.admin, { host: "127.0.0.1", port: 9090 });
    assert.equal(config.data, "/work/d");
    assert.equal(config.log, "text");
    const [mount] = proxiesOf(config);
    assert.equal(mount?.fresh, 5);
    assert.equal(mount?.offline, true);
    assert.equal(mount?.upstream.href, "http://a.example/b/", "ends with a slash");
  });

  test("a terminal gets text, unless told", () => {
    assert.equal(read({ mounts: [mountLine], interactive: true }).log, "text");
    assert.equal(read({ mounts: [mountLine], interactive: true, options: { "log-format": "json" } }).log, "json");
  });

  test("a whole file", () => {
    writeFileSync(join(folder, "ca.pem"), certificate);
    const config = readToml(`
      listen = "0.0.0.0:80"
      data = "store"
      size-limit = "20 GiB"
      request-limit = 5
      grace = 1
      fresh = 30
      verify = 60
      proxy = "none"
      [[mount]]
      prefix = "/pypi"
      format = "pypi"
      upstream = "https://index.example/simple"
      username = "ci"
      password-env = "INDEX_PASSWORD"
      ca-file = "ca.pem"
      proxy = "http://proxy.example:3128"
      connect-timeout = 1
      response-timeout = 2
      idle-timeout = 3
      [[mount]]
      prefix = "/pypi/private/"
      format = "http"
      upstream = "http://files.example/"
      token-env = "INDEX_TOKEN"
      fresh = 0
      offline = true
    `);
    assert.deepEqual(config.listen, { host: "0.0.0.0", port: 80 });
    assert.equal(config.data, join(folder, "store"), "relative to the file");
    assert.equal(config.maxBytes, 20 * 1024 ** 3);
    assert.equal(config.maxRequestBytes, 5);
    assert.equal(config.grace, 1);
    const [inner, outer] = proxiesOf(config);
    assert.deepEqual(outer, {
      prefix: "/pypi/",
      format: "pypi",
      upstream: new URL(upstream),
      credentials: { type: "basic", username: "ci", password: "pw" },
      fresh: 30,
      verify: 60,
      offline: false,
      timeouts: { connect: 1, head: 2, idle: 3 },
      ca: certificate,
      proxy: { type: "url", url: new URL("http://proxy.example:3128") },
    });
    assert.equal(inner?.prefix, "/pypi/private/", "longest first");
    assert.deepEqual(inner?.credentials, { type: "bearer", token: "t0ken" });
    assert.deepEqual([inner?.fresh, inner?.offline, inner?.proxy], [0, true, { type: "none" }]);
  });

  test("the command line counts before the file, and adds mounts", () => {
    const toml = `fresh = 5\nlisten = "1"\n[[mount]]\nprefix = "/a/"\nformat = "http"\nupstream = "http://a.example/"\nfresh = 9\n`;
    const config = readToml(toml, { options: { fresh: "7" }, mounts: ["/b/=http:http://b.example/"] });
    assert.deepEqual(config.listen.port, 1);
    assert.deepEqual(
      proxiesOf(config).map(({ prefix, fresh }) => [prefix, fresh]),
      [
        ["/a/", 7],
        ["/b/", 7],
      ],
    );
  });

  test("credentials in the upstream's URL are taken out of it", () => {
    const [mount] = proxiesOf(read({ mounts: ["/=http:http://us%40er:p%3Aw@a.example/"] }));
    assert.equal(mount?.upstream.href, "http://a.example/");
    assert.deepEqual(mount?.credentials, { type: "basic", username: "us@er", password: "p:w" });
  });

  test("an index with mirrors, in a file and on the command line", () => {
    const [own, mirror] = ["https://a.example/simple/", "https://b.example/simple/"].map((href) => new URL(href));
    const table = `[[mount]]\nprefix = "/pypi/"\nformat = "pypi"\nupstream = ["https://a.example/simple", "https://u:p@b.example/simple"]\nwhole-mirrors = true\n`;
    const [fromFile] = proxiesOf(readToml(table));
    assert.deepEqual([fromFile?.upstream, fromFile?.wholeMirrors], [own, true]);
    const credentials = { type: "basic", username: "u", password: "p" };
    assert.deepEqual(fromFile?.mirrors, [{ upstream: mirror, credentials }]);
    const [fromText] = proxiesOf(read({ mounts: ["/pypi/=pypi:https://a.example/simple/,https://b.example/simple/"] }));
    assert.deepEqual(fromText?.mirrors, [{ upstream: mirror, credentials: undefined }]);
    assert.deepEqual([fromText?.upstream, fromText?.wholeMirrors], [own, false]);
  });

  test("the example of docs/mirrors.md", () => {
    const docs = readFileSync(new URL("../../../docs/mirrors.md", import.meta.url), "utf8");
    const [, toml = ""] = /```toml\n(.*?)```/s.exec(docs) ?? [];
    assert.equal(proxiesOf(readToml(toml))[0]?.mirrors?.length, 1);
  });

  test("a group, in a file and on the command line", () => {
    const indexes = `[[mount]]\nprefix = "/a"\nformat = "pypi"\nupstream = "${upstream}"\n`;
    const table = `[[mount]]\nprefix = "/all"\nformat = "group"\nmembers = ["/a", "/b/"]\nowners = { "/a" = "Acme_*", "/b/" = ["x"] }\n`;
    const fromFile = readToml(indexes + table, { mounts: [`/b/=pypi:${upstream}`] });
    const owners = [
      { names: ["acme-*"], member: "/a/" },
      { names: ["x"], member: "/b/" },
    ];
    const group = { prefix: "/all/", format: "group", members: ["/a/", "/b/"] };
    assert.deepEqual(fromFile.mounts[0], { ...group, owners });
    const fromText = read({ mounts: [`/a=pypi:${upstream}`, `/b=pypi:${upstream}`, "/all=group:/a, /b/"] });
    assert.deepEqual(fromText.mounts[0], { ...group, owners: [] });
  });

  test("the example of docs/groups.md", () => {
    const docs = readFileSync(new URL("../../../docs/groups.md", import.meta.url), "utf8");
    const [, toml = ""] = /```toml\n(.*?)```/s.exec(docs) ?? [];
    assert.equal(readToml(toml).mounts.find(({ format }) => format === "group")?.prefix, "/all/");
  });

  for (const [platform, env, data] of [
    ["linux", { XDG_CACHE_HOME: "/xdg" }, "/xdg/larder"],
    ["darwin", {}, "/home/u/Library/Caches/larder"],
  ] as const) {
    test(`the data folder of ${platform} with ${JSON.stringify(env)}`, () => {
      const sources = { options: {}, mounts: [mountLine], file: undefined, interactive: false, folder: "/work" };
      assert.equal(readConfig(sources, { ...machine, platform, env }).config.data, data);
    });
  }
});

describe("https with clients", () => {
  const loopback = ["localhost", "127.0.0.1", "::1", "here"];
  const rows: readonly (readonly [options: Record<string, string>, tls: GatewayConfig["tls"]])[] = [
    [{ tls: "off" }, undefined],
    [{ tls: "own" }, { type: "own", names: loopback }],
    [
      { tls: "own", listen: "0.0.0.0:443" },
      { type: "own", names: loopback },
    ],
    [
      { tls: "own", listen: "10.0.0.1:443" },
      { type: "own", names: [...loopback, "10.0.0.1"] },
    ],
    [
      { "tls-cert": "c.pem", "tls-key": "k.pem" },
      { type: "files", cert: "/work/c.pem", key: "/work/k.pem" },
    ],
  ];
  for (const [options, tls] of rows)
    test(JSON.stringify(options), () => assert.deepEqual(read({ mounts: [mountLine], options }).tls, tls));
  test("names in a file", () => {
    const { tls } = readToml('tls = "own"\ntls-name = ["larder.example"]\n', { mounts: [mountLine] });
    assert.deepEqual(tls, { type: "own", names: [...loopback, "larder.example"] });
  });
});

describe("what is wrong on a command line", () => {
  const rows: readonly (readonly [sources: Partial<ConfigSources>, message: RegExp])[] = [
    [{ mounts: ["/pypi/"] }, /^--mount: expected PREFIX=FORMAT:WHAT, for example /],
    [{ mounts: ["pypi=pypi:https://a.example/"] }, /^--mount pypi: expected a path of letters/],
    [{ mounts: ["/a?b=pypi:https://a.example/"] }, /^--mount \/a\?b: expected a path/],
    [{ mounts: ["/..=pypi:https://a.example/"] }, /^--mount \/\.\.: expected a path/],
    [{ mounts: ["/a=npm:https://a.example/"] }, /^--mount \/a: expected one of pypi, http, .*, not "npm"$/],
    [{ mounts: ["/a=pypi:a.example"] }, /^--mount \/a: expected an http or https URL/],
    [{ mounts: ["/a=pypi:https://u:secret@a.example:x/"] }, /^--mount \/a: expected an http or https URL(?!.*secret)/],
    [
      { mounts: ["/a=pypi:https://a.example/?token=secret"] },
      /^--mount \/a: the URL must end with its path(?!.*secret)/,
    ],
    [{ mounts: [mountLine, mountLine] }, /^--mount \/pypi\/: the prefix \/pypi\/ is mounted twice$/],
    [
      { mounts: ["/a=pypi:https://a.example/,https://a.example/"] },
      /^--mount \/a: https:\/\/a\.example\/ is there twice$/,
    ],
    [{ mounts: ["/all/=group:/a/"] }, /^--mount \/all\/: nothing is mounted at \/a\/; mount an index there$/],
    [
      { mounts: ["/h/=http:https://a.example/", "/all/=group:/h/"] },
      /^--mount \/all\/: what is mounted at \/h\/ is of format http; a group has pypi and hosted mounts$/,
    ],
    [
      { mounts: [mountLine, "/all/=group:/pypi/,/all/"] },
      /^--mount \/all\/: what is mounted at \/all\/ is of format group/,
    ],
    [
      { mounts: [mountLine, "/all/=group:/pypi/,/pypi"] },
      /^--mount \/all\/: \/pypi\/ and \/pypi\/ can't be told apart/,
    ],
    [{ mounts: [mountLine, "/all/=group:"] }, /^--mount \/all\/: expected a text or a list of texts, not \[""\]$/],
    [{ mounts: [mountLine], options: { listen: "localhost" } }, /^--listen: expected HOST:PORT, .*, not "localhost"$/],
    [{ mounts: [mountLine], options: { fresh: "soon" } }, /^--fresh: expected seconds, /],
    [{ mounts: [mountLine], options: { "tls-key": "k.pem" } }, /^tls-cert: missing; the certificate of tls-key$/],
    [{ mounts: [mountLine], options: { "tls-cert": "c.pem" } }, /^tls-key: missing; the private key of tls-cert$/],
    [
      { mounts: [mountLine], options: { tls: "own", "tls-cert": "c.pem" } },
      /^tls: either a certificate of Larder's making or that of tls-cert, not both$/,
    ],
    [{ mounts: [mountLine], file: "/none.toml" }, /^\/none\.toml: the file can't be read \(ENOENT\)$/],
  ];
  for (const [sources, message] of rows) {
    test(message.source, () => {
      assert.throws(
        () => read(sources),
        (error) => error instanceof ConfigFault && message.test(error.message) && !error.message.includes("\n"),
      );
    });
  }
});

describe("what is wrong in a file", () => {
  const mount = `[[mount]]\nprefix = "/a/"\nformat = "http"\nupstream = "http://a.example/"\n`;
  const rows: readonly (readonly [toml: string, message: RegExp])[] = [
    ["listen = \n", /larder\.toml:1:\d+: this is no TOML: /],
    ["fersh = 5\n", /larder\.toml:1: fersh: there is no such setting; did you mean fresh\?$/],
    ['tls-name = "a"\n', /^tls-name: names are for Larder's own certificate; say tls = "own", too$/],
    ["[mounts]\n", /larder\.toml:1: mounts: there is no such setting; did you mean mount\?$/],
    ["[mount]\nprefix = 1\n", /larder\.toml:1: mount: mounts are written as tables, each under a line \[\[mount\]\]$/],
    ["mount = [1]\n", /larder\.toml:1: mount: mounts are written as tables/],
    [`${mount}frsh = 5\n`, /larder\.toml:5: frsh: there is no such setting; did you mean fresh\?$/],
    [`${mount}fresh = "x"\n`, /larder\.toml:5: fresh: expected seconds, a number from 0 on, or .*, not "x"$/],
    [`${mount}offline = "yes"\n`, /larder\.toml:5: offline: expected true or false, not "yes"$/],
    [`${mount}listen = "1"\n`, /larder\.toml:5: listen: there is no such setting; /],
    [`${mount}password-env = "NONE"\n`, /larder\.toml:5: password-env: the environment variable NONE is not set$/],
    [`${mount}token-env = "EMPTY"\n`, /larder\.toml:5: token-env: the environment variable EMPTY is not set$/],
    [`${mount}username = "u"\ntoken-env = "INDEX_TOKEN"\n`, /larder\.toml:6: token-env: either a token or /],
    [`${mount}ca-file = "none.pem"\n`, /larder\.toml:5: ca-file: .*none\.pem can't be read \(ENOENT\)$/],
    [
      `${mount}ca-file = "larder.toml"\n`,
      /larder\.toml:5: ca-file: .*larder\.toml holds no certificate in PEM form that can be read$/,
    ],
    [
      `${mount}ca-file = "broken.pem"\n`,
      /larder\.toml:5: ca-file: .*broken\.pem holds no certificate in PEM form that can be read$/,
    ],
    [`${mount}proxy = "some"\n`, /larder\.toml:5: proxy: expected a URL, "environment" or "none", not "some"$/],
    [`[[mount]]\nformat = "http"\nupstream = "http://a.example/"\n`, /larder\.toml:1: prefix: missing; for example /],
    [
      `[[mount]]\nprefix = "/"\nupstream = "http://a.example/"\n`,
      /larder\.toml:1: format: expected one of pypi, http, .*$/,
    ],
    [`[[mount]]\nprefix = "/"\nformat = "http"\n`, /larder\.toml:1: upstream: missing; the URL behind this mount$/],
    [
      `${mount}[[mount]]\nprefix = "/all/"\nformat = "group"\n`,
      /larder\.toml:5: members: missing; for example \["\/private\/", "\/pypi\/"\]$/,
    ],
    [
      `[[mount]]\nprefix = "/all/"\nformat = "group"\nmembers = ["/a/"]\nowners = { "/a/" = ["a b"] }\n`,
      /larder\.toml:5: owners: expected names of projects, \* for any text, which a b is not/,
    ],
    [
      `[[mount]]\nprefix = "/p/"\nformat = "pypi"\nupstream = "http://a.example/"\n[[mount]]\nprefix = "/all/"\nformat = "group"\nmembers = ["/p/"]\nowners = { "/b/" = "b" }\n`,
      /larder\.toml:9: owners: \/b\/ is none of the members, \/p\/$/,
    ],
    [`[[mount]]\nprefix = "/all/"\nformat = "group"\nfresh = 1\n`, /larder\.toml:4: fresh: there is no such setting; /],
    [
      '[[mount]]\nprefix = "/p/"\nformat = "hosted"\n',
      /larder\.toml:2: prefix: what this mount holds is nowhere else; .*--data DIR$/,
    ],
    [
      'data = "d"\n[[mount]]\nprefix = "/p/"\nformat = "hosted"\nupstream = "http://a.example/"\n',
      /larder\.toml:5: upstream: there is no such setting/,
    ],
    [
      'data = "d"\n[[mount]]\nprefix = "/p/"\nformat = "hosted"\nanonymous-read = 1\n',
      /larder\.toml:5: anonymous-read: expected true or false/,
    ],
    [
      `[[mount]]\nprefix = "/a/"\nformat = "http"\nupstream = ["http://a.example/", "http://b.example/"]\n`,
      /larder\.toml:4: upstream: only an index, of format pypi, can have mirrors$/,
    ],
    [`${mount}${mount}`, /larder\.toml:6: prefix: the prefix \/a\/ is mounted twice$/],
  ];
  for (const [toml, message] of rows) {
    test(message.source, () => {
      assert.throws(
        () => readToml(toml),
        (error) => error instanceof ConfigFault && message.test(error.message) && !error.message.includes("\n"),
      );
    });
  }
});

describe("a hosted mount", () => {
  test("of the command line, with its defaults", () => {
    const { mounts, data } = read({ mounts: ["/private=hosted:"], options: { data: "d" } });
    const defaults = { anonymousRead: false, mostFileBytes: 1024 ** 3 };
    assert.deepEqual(mounts, [{ prefix: "/private/", format: "hosted", ...defaults }]);
    assert.equal(data, "/work/d");
  });

  test("the example of docs/hosting.md", () => {
    const text = readFileSync(new URL("../../../docs/hosting.md", import.meta.url), "utf8");
    const [, toml = ""] = /^```toml\n(.*?)^```$/ms.exec(text) ?? [];
    const { mounts, data } = readToml(toml);
    assert.deepEqual([mounts.map(({ format }) => format), data], [["hosted"], "/srv/larder"]);
  });

  test("has nothing behind it", () => {
    assert.throws(() => read({ mounts: ["/p/=hosted:https://index.example/"], options: { data: "d" } }), {
      message: /^--mount: nothing follows "hosted:"/,
    });
  });
});

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
