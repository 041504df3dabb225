import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type LockFile, normalUrl, readLock, rewritesOf, rewriteText, toMount, toUpstream } from "../src/index.ts";
import { files, mount, poetryLock, pylock, requirements, uvLock } from "./lock-samples.ts";

function read(path: string, text: string): LockFile {
  const result = readLock(path, text);
  assert.ok("lock" in result, "fault" in result ? result.fault : "");
  return result.lock;
}
const rewritten = (path: string, text: string, links = false) =>
  rewriteText(
    text,
    rewritesOf(
      read(path, text),
      toMount(mount, () => links),
    ),
  );
const back = (path: string, text: string) => rewriteText(text, rewritesOf(read(path, text), toUpstream(mount)));

describe("what a lock file says of indexes", () => {
  const rows: readonly (readonly [path: string, text: string, says: string])[] = [
    [
      "uv.lock",
      uvLock,
      `index https://index.example/simple
file demo-base https://files.example/p/demo_base-1.0.tar.gz
file demo-base https://index.example/p/demo_base-1.0%2Bcpu-py3-none-any.whl
index https://other.example/simple/
file other https://files.example/p/other-2.tar.gz
direct vcs https://git.example/vcs?rev=1#abc
direct direct https://files.example/p/direct-4-py3-none-any.whl
demo-base ==1.0 demo_base-1.0.tar.gz demo_base-1.0+cpu-py3-none-any.whl
other ==2 other-2.tar.gz
elsewhere vcs, direct`,
    ],
    [
      "sub/pylock.dev.toml",
      pylock,
      `index https://index.example/simple/
file demo https://files.example/blob/1
file demo https://files.example/p/demo-1.0.tar.gz
file unsaid https://files.example/p/unsaid-2-py3-none-any.whl
direct archived https://files.example/p/archived-1.tar.gz
demo ==1.0 demo-1.0-py3-none-any.whl demo-1.0.tar.gz
unsaid ==2 unsaid-2-py3-none-any.whl
elsewhere archived`,
    ],
    [
      "poetry.lock",
      poetryLock,
      `index https://index.example/simple
direct vcs https://git.example/vcs.git
demo ==1.0 demo-1.0-py3-none-any.whl demo-1.0.tar.gz
plain ==2
elsewhere vcs`,
    ],
    [
      "requirements.txt",
      requirements,
      `index https://index.example/simple/
index https://other.example/simple
direct direct https://files.example/p/direct-4-py3-none-any.whl
direct bare-url https://files.example/p/bare_url-1.0.tar.gz#sha256=02
demo ==1.0 sha256:00 sha256:01
under-score >=1,<2
elsewhere direct, bare-url, vcs, ./app, ./local
include more.txt`,
    ],
  ];
  for (const [path, text, says] of rows) {
    test(path, () => {
      const { urls, projects, elsewhere, includes } = read(path, text);
      for (const { start, end, url } of urls) assert.equal(text.slice(start, end), url, "its place");
      const lines = [
        ...urls.map(({ role, project, url }) => [role, project, url].filter(Boolean).join(" ")),
        ...projects.map((one) => [one.project, one.specifier, ...one.files, ...one.hashes].join(" ")),
        `elsewhere ${elsewhere.map(({ name }) => name).join(", ")}`,
        ...includes.map((file) => `include ${file}`),
      ];
      assert.equal(lines.join("\n"), says);
    });
  }

  const odd: readonly (readonly [says: string, text: string, index: string | undefined])[] = [
    ["pip's short form", "-i https://index.example/simple/", "https://index.example/simple/"],
    ["without a space", "-ihttps://index.example/simple/", "https://index.example/simple/"],
    ["lines that end as Windows does", "demo==1\r\n-i https://a.example/\r\n", "https://a.example/"],
    ["over the end of a line", "--index-url \\\n  https://a.example/", "https://a.example/"],
    ["a folder", "-i ./wheels", undefined],
    ["a variable's value is not known", "-i %INDEX%", undefined],
    ["an option with no value", "--index-url", undefined],
  ];
  for (const [says, text, index] of odd) {
    test(`an index line in requirements: ${says}`, () => {
      assert.deepEqual(
        read("r.txt", text).urls.map(({ url }) => url),
        index === undefined ? [] : [index],
      );
    });
  }

  const faults: readonly (readonly [path: string, text: string, fault: RegExp])[] = [
    ["uv.lock", "a = 1\nb = [", /^Its line \d is no TOML: /],
    ["Pipfile.lock", "{}", /^It is none of uv\.lock, /],
    ["pyproject.toml", "", /^It is none of /],
  ];
  for (const [path, text, fault] of faults) {
    test(`${path} that can't be read: a sentence says why`, () => {
      const result = readLock(path, text);
      assert.match("fault" in result ? result.fault : "", fault);
    });
  }
});

describe("lock files led through a mount", () => {
  const own = `${files}/demo-base`;
  const rows: readonly (readonly [path: string, text: string, links: boolean, changes: readonly [string, string][]])[] =
    [
      [
        "uv.lock",
        uvLock,
        false,
        [
          [`{ registry = "https://index.example/simple" }`, `{ registry = "${mount.url}simple" }`],
          ["https://files.example/p/demo_base-1.0.tar.gz", `${own}/files.example/p/demo_base-1.0.tar.gz`],
          ["https://index.example/p/demo_base-1.0%2Bcpu-", `${own}/-/p/demo_base-1.0%2Bcpu-`],
        ],
      ],
      [
        "pylock.toml",
        pylock,
        true,
        [
          ["https://index.example/simple/", `${mount.url}simple/`],
          ["https://files.example/blob/1", `${files}/demo/files.example/blob/1`],
          ["https://files.example/p/demo-", `${files}/demo/files.example/p/demo-`],
          ["https://files.example/p/unsaid-", `${files}/unsaid/files.example/p/unsaid-`],
          ["https://files.example/p/archived-", `${files}/archived/files.example/p/archived-`],
        ],
      ],
      ["poetry.lock", poetryLock, false, [["https://index.example/simple", `${mount.url}simple`]]],
      [
        "requirements.txt",
        requirements,
        true,
        [
          [`"https://index.example/simple/"`, `"${mount.url}simple/"`],
          ["https://files.example/p/direct-", `${files}/direct/files.example/p/direct-`],
          ["https://files.example/p/bare_url-", `${files}/bare-url/files.example/p/bare_url-`],
        ],
      ],
    ];
  for (const [path, text, links, changes] of rows) {
    test(`${path}: these URLs, and nothing else`, () => {
      const expected = changes.reduce((so, [from, to]) => so.replace(from, () => to), text);
      assert.equal(rewritten(path, text, links), expected);
      assert.equal(back(path, expected), text, "there and back");
    });
  }

  test("a file that the index doesn't link stays, whatever index its URL looks like", () => {
    const text = "direct @ https://files.example/p/direct-4-py3-none-any.whl\n";
    assert.equal(rewritten("r.txt", text, false), text);
  });
});

describe("laws of lock files", () => {
  const url = fc
    .tuple(
      fc.constantFrom("https://index.example", "https://files.example", "http://files.example:8080", "https://[::1]:1"),
      fc.string({ unit: fc.constantFrom("a", "/", "+", "%20", "%2F", "~", "-", "ä", "&", "%2b", "..") }),
      fc.constantFrom("foo-1.0.tar.gz", "foo-2.0%2Bx-py3-none-any.whl"),
      fc.constantFrom("", "?a=1&b=%3C"),
      fc.constantFrom("", "#sha256=00"),
    )
    .map((parts) =>
      parts
        .join("/")
        .replace(/\/(?=[?#])/g, "")
        .replace(/\/+$/, ""),
    );
  const normal = url.map((some) => normalUrl(some)! + (/#.*$/.exec(some)?.[0] ?? ""));
  const slash = fc.constantFrom("", "/");
  const index = fc.constantFrom("https://index.example/simple", "https://other.example/simple");
  const noise = fc.constantFrom("", "# https://index.example/simple/\n", "\n\n");

  const write: Readonly<Record<string, (index: string, url: string, noise: string) => string>> = {
    "uv.lock": (at, of, more) =>
      `${more}[[package]]\nname = "foo"\nsource = { registry = '${at}' }\nwheels = [{url="${of}"}]\n${more}`,
    "pylock.toml": (at, of, more) =>
      `[[packages]]\n${more}index = "${at}"\nname = "Foo"\nsdist = {url = """${of}"""}\n${more}`,
    "poetry.lock": (at, _, more) =>
      `[[package]]\nname = "foo"\n${more}[package.source]\ntype = "legacy"\nurl = "${at}"\n`,
    "requirements.txt": (at, of, more) => `${more}--index-url ${at}\r\nfoo @ ${of} ; x\n${more}bar==1`,
  };
  for (const [path, text] of Object.entries(write)) {
    test(`${path}: there and back is the same text, octet for octet`, () => {
      fc.assert(
        fc.property(index, slash, normal, noise, (at, end, of, more) => {
          const before = text(at + end, of, more);
          assert.equal(back(path, rewritten(path, before, true)), before);
        }),
      );
    });
    test(`${path}: what is there stays there, whatever the spelling`, () => {
      fc.assert(
        fc.property(index, slash, url, noise, (at, end, of, more) => {
          const once = rewritten(path, text(at + end, of, more), true);
          assert.equal(rewritten(path, once, true), once);
          const home = back(path, once);
          assert.equal(back(path, home), home);
          assert.equal(rewritten(path, home, true), once);
        }),
      );
    });
  }
});
