import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ConfigFault } from "@larder/server";
import type { ConfigSources } from "../src/config-read.ts";
import { folder, mountLine, read, readToml } from "./config-sources.ts";

writeFileSync(join(folder, "broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
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
    ["workers = 0\n", /larder\.toml:1: workers: expected a whole number from 1 to 64, not 0$/],
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
