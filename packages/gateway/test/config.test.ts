import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { rootCertificates } from "node:tls";
import { readConfig } from "../src/config-read.ts";
import type { GatewayConfig, ProxyConfig } from "../src/index.ts";
import { folder, machine, mountLine, proxiesOf, read, readToml, upstream } from "./config-sources.ts";

const [certificate = ""] = rootCertificates;
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
      workers: 1,
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

  test("workers, which there are none of on Windows", () => {
    const toml = `workers = 4\n[[mount]]\nprefix = "/"\nformat = "http"\nupstream = "http://a.example/"\n`;
    assert.equal(readToml(toml).workers, 4);
    assert.equal(readToml(toml, { options: { workers: "2" } }).workers, 2);
    const sources = {
      options: { workers: "2" },
      mounts: [mountLine],
      file: undefined,
      interactive: false,
      folder: "/",
    };
    assert.throws(() => readConfig(sources, { ...machine, platform: "win32" }), /^ConfigFault: workers: /);
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
