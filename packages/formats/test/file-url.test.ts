import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Mount } from "../src/index.ts";
import { fileUrl, fileUrls, relativeTo, upstreamUrl } from "../src/pypi/file-url.ts";
import { comparableUrl, normalUrl } from "../src/upstream-url.ts";

const mount: Mount = { prefix: "/pypi/", upstream: new URL("https://index.example/simple/") };
const onPort: Mount = { prefix: "/", upstream: new URL("http://index.example:8080/repository/pypi/simple/") };

const base64url = (text: string) => Buffer.from(text).toString("base64url");

describe("3986:6.2.2 the normal form of an upstream URL", () => {
  const base = "https://index.example/simple/foo/";
  const rows: readonly [href: string, url: string | undefined][] = [
    ["foo-1.0.whl", "https://index.example/simple/foo/foo-1.0.whl"],
    ["../../packages/foo-1.0.whl#sha256=00", "https://index.example/packages/foo-1.0.whl"],
    ["../../../../../foo-1.0.whl", "https://index.example/foo-1.0.whl"],
    ["//files.example/foo-1.0.whl", "https://files.example/foo-1.0.whl"],
    ["HTTPS://Files.Example:443/foo.whl", "https://files.example/foo.whl"],
    ["https://files.example", "https://files.example/"],
    ["https://user:secret@files.example/foo.whl", "https://files.example/foo.whl"],
    ["https://files.example/a/../b/./%2e%2E/foo.whl", "https://files.example/foo.whl"],
    ["https://files.example/a%2fb/%7efoo%2d1%2E0.whl", "https://files.example/a%2Fb/~foo-1.0.whl"],
    ["https://files.example/a b/[foo]|100%.whl", "https://files.example/a%20b/%5Bfoo%5D%7C100%25.whl"],
    ["https://files.example/foo-1.0+cu118.whl", "https://files.example/foo-1.0+cu118.whl"],
    ["https://files.example/foo-1.0%2Bcu118.whl", "https://files.example/foo-1.0%2Bcu118.whl"],
    ["https://files.example/foo.whl?sig=a%2fb&x={1}#y", "https://files.example/foo.whl?sig=a%2Fb&x=%7B1%7D"],
    ["https:\\\\files.example\\foo.whl", "https://files.example/foo.whl"],
    ["https://files.example//a//foo.whl", "https://files.example//a//foo.whl"],
    ["https://füles.example/foo.whl", "https://xn--fles-0ra.example/foo.whl"],
    ["ftp://files.example/foo.whl", undefined],
    ["file:///etc/passwd", undefined],
    ["javascript:alert(1)", undefined],
    ["data:text/plain,foo.whl", undefined],
    ["https://", undefined],
    ["https://files.example:99999/foo.whl", undefined],
  ];
  for (const [href, url] of rows) test(href, () => assert.equal(normalUrl(href, base), url));
});

describe("a file's URL in a mount and back", () => {
  const rows: readonly [mount: Mount, url: string, path: string][] = [
    [mount, "https://index.example/packages/ab/foo-1.0.whl", "files/foo/-/packages/ab/foo-1.0.whl"],
    [mount, "https://files.example/packages/foo-1.0.whl", "files/foo/files.example/packages/foo-1.0.whl"],
    [mount, "https://files.example:8443/foo-1.0.whl", "files/foo/files.example~8443/foo-1.0.whl"],
    [mount, "http://files.example/foo-1.0.whl", "files/foo/http~files.example~80/foo-1.0.whl"],
    [mount, "http://index.example/foo-1.0.whl", "files/foo/http~index.example~80/foo-1.0.whl"],
    [mount, "https://[2001:db8::1]:8443/foo-1.0.whl", "files/foo/%5B2001%3Adb8%3A%3A1%5D~8443/foo-1.0.whl"],
    [mount, "http://[2001:db8::1]/foo-1.0.whl", "files/foo/http~%5B2001%3Adb8%3A%3A1%5D~80/foo-1.0.whl"],
    [mount, "https://-/foo-1.0.whl", "files/foo/https~-~443/foo-1.0.whl"],
    [mount, "https://http:8080/foo-1.0.whl", "files/foo/http~8080/foo-1.0.whl"],
    [mount, "https://files.example//a//foo-1.0.whl", "files/foo/files.example//a//foo-1.0.whl"],
    [
      mount,
      "https://files.example/foo-1.0.whl?a=1&b=%2F",
      `files/foo/files.example~~${base64url("?a=1&b=%2F")}/foo-1.0.whl`,
    ],
    [mount, "https://files.example/a%2Fb/foo-1.0.whl", "files/foo/files.example/a%2Fb/foo-1.0.whl"],
    [mount, "https://index.example/foo-1.0.whl?~", `files/foo/-~~${base64url("?~")}/foo-1.0.whl`],
    [mount, "https://index.example/foo-1.0.whl?????%3E", `files/foo/-~~${base64url("?????%3E")}/foo-1.0.whl`],
    [onPort, "http://index.example:8080/foo-1.0.whl", "files/foo/-/foo-1.0.whl"],
    [onPort, "http://index.example/foo-1.0.whl", "files/foo/index.example/foo-1.0.whl"],
    [onPort, "https://index.example:8080/foo-1.0.whl", "files/foo/https~index.example~8080/foo-1.0.whl"],
  ];
  for (const [at, url, path] of rows) {
    test(`${url} of ${at.upstream}`, () => {
      assert.equal(fileUrl(at, "foo", url), path);
      assert.deepEqual(upstreamUrl(at, path), { project: "foo", url });
      const from = `http://larder.example${at.prefix}simple/foo/`;
      assert.equal(
        new URL(relativeTo(fileUrls(at, "foo"))(url), from).href,
        `http://larder.example${at.prefix}${path}`,
      );
    });
  }

  const spelled: readonly [says: string, path: string, url: string][] = [
    [
      "an upper-case triple in lower case",
      "files/foo/-/a%5bb/foo-1.0%2bx.whl",
      "https://index.example/a%5Bb/foo-1.0%2Bx.whl",
    ],
    ["unreserved characters encoded", "files/foo/-/a/%66oo%2d1%2e0.whl", "https://index.example/a/foo-1.0.whl"],
    ["brackets raw", "files/foo/-/a[b]/foo.whl", "https://index.example/a%5Bb%5D/foo.whl"],
    ["an address decoded", "files/foo/[::1]~8443/foo.whl", "https://[::1]:8443/foo.whl"],
    ["the tilde encoded", "files/foo/files.example%7E8443/foo.whl", "https://files.example:8443/foo.whl"],
  ];
  for (const [says, path, url] of spelled)
    test(`as a client may write it: ${says}`, () =>
      assert.deepEqual(upstreamUrl(mount, path), { project: "foo", url }));

  const refused: readonly string[] = [
    "files/foo/-/a/../b.whl",
    "files/foo/-/../../b.whl",
    "files/foo/-/a/./b.whl",
    "files/foo/-/a/%2e%2e/b.whl",
    "files/foo/-/a/.%2E/b.whl",
    "files/foo/-/a/\t/b.whl",
    "files/foo/-/a\n/b.whl",
    "files/foo/-/b c.whl",
    "files/foo/-/b.whl#c",
    "files/foo/user@files.example/b.whl",
    "files/foo/user:pass@files.example/b.whl",
    "files/foo/user%40files.example/b.whl",
    "files/foo/files.example:8443/b.whl",
    "files/foo/files.example~443/b.whl",
    "files/foo/https~files.example~443/b.whl",
    "files/foo/http~files.example/b.whl",
    "files/foo/http~files.example~/b.whl",
    "files/foo/index.example/b.whl",
    "files/foo/Files.Example/b.whl",
    "files/foo/files.example%2Fx/b.whl",
    "files/foo/files.example%252Fx/b.whl",
    "files/foo/files.example%3Fx/b.whl",
    "files/foo/files.example%23x/b.whl",
    "files/foo/files.example%09/b.whl",
    "files/foo/files.example%ff/b.whl",
    "files/foo/files.example~/b.whl",
    "files/foo/files.example~99999/b.whl",
    "files/foo/files.example~08443/b.whl",
    "files/foo/ftp~files.example~21/b.whl",
    "files/foo/file~~0/b.whl",
    "files/foo/a~b~c~d/b.whl",
    "files/foo/-~~/b.whl",
    "files/foo/-~~*/b.whl",
    `files/foo/-~~${base64url("?a")}~~${base64url("?b")}/b.whl`,
    `files/foo/-~~${base64url("a")}/b.whl`,
    `files/foo/-~~${base64url("#a")}/b.whl`,
    `files/foo/-~~${base64url("/../c.whl")}/b.whl`,
    `files/foo/-~~${base64url("?ä")}/b.whl`,
    `files/foo/-~~${btoa("?a")}/b.whl`,
    "files/foo/%7e/b.whl",
    "files/foo/0x7f.1/b.whl",
    "files/foo/h%C3%B6st.example/b.whl",
    "files/foo/a!b/b.whl",
    "files/foo/..%5Cb/b.whl",
    "files/foo/%5B::1/b.whl",
    "files/foo//b.whl",
    "files/foo/-",
    "files/foo/",
    "files/",
  ];
  for (const path of refused)
    test(`${JSON.stringify(path)} is no file's`, () => assert.equal(upstreamUrl(mount, path), undefined));

  const urls = fc.oneof(
    fc.webUrl({
      withQueryParameters: true,
      withFragments: true,
      authoritySettings: { withPort: true, withUserInfo: true, withIPv4: true, withIPv6: true },
    }),
    fc
      .tuple(
        fc.constantFrom("http", "https"),
        fc.constantFrom("-", "a", "http", "https", "index.example", "[::1]", "127.0.0.1"),
        fc.constantFrom("", ":1", ":80", ":443", ":8080"),
        fc.string({
          unit: fc.constantFrom("/", ".", "..", "%2e", "%2F", "%", "\\", "a", "ä", " ", "?", "[", ":", "@", "-", "+"),
        }),
      )
      .map(([scheme, host, port, rest]) => `${scheme}://${host}${port}/${rest}`),
  );
  const mounts = fc.constantFrom(mount, onPort);

  const isUtf8 = (path: string): boolean => {
    try {
      return decodeURIComponent(path) !== "";
    } catch {
      return false;
    }
  };
  /** What pip does to the path of a link (and uv does not): all but "/", "@" and "%2F" is decoded and encoded anew. */
  const asPip = (path: string) =>
    path.replace(/[^@]+?(?=@|%2F|$)/gi, (part) =>
      part
        .split("/")
        .map((text) =>
          encodeURIComponent(decodeURIComponent(text)).replace(
            /[!'()*]/g,
            (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
          ),
        )
        .join("/"),
    );

  test("there and back is the same, for every URL", () => {
    fc.assert(
      fc.property(mounts, urls, (at, href) => {
        const url = normalUrl(href);
        fc.pre(url !== undefined);
        assert.equal(normalUrl(url), url);
        const path = fileUrl(at, "foo", url);
        assert.deepEqual(upstreamUrl(at, path), { project: "foo", url });
        assert.equal(`../../${path}`, relativeTo(fileUrls(at, "foo"))(url));
        // a link says the same to every client
        assert.equal(
          new URL(`../../${path}`, "http://larder.example/pypi/simple/foo/").href,
          `http://larder.example/pypi/${path}`,
        );
        // pip puts replacement characters for what is not UTF-8
        if (!isUtf8(path)) return;
        const back = upstreamUrl(at, asPip(path));
        assert.equal(back && comparableUrl(back.url), comparableUrl(url));
      }),
      { numRuns: 1000 },
    );
  });

  test("back and there is the same, for every path that is taken", () => {
    const piece = fc.constantFrom(
      "files",
      "foo",
      "/",
      "//",
      "..",
      ".",
      "-",
      "~",
      "~~",
      "Pw",
      "http",
      "https",
      "a.example",
      "~80",
      "~443",
      "%2f",
      "%2e",
      "%5B",
      "[::1]",
      "@",
      "\\",
      "?",
      "#",
      "\t",
      "a",
    );
    fc.assert(
      fc.property(mounts, fc.array(piece), (at, pieces) => {
        const path = `files/foo/${pieces.join("")}`;
        const back = upstreamUrl(at, path);
        if (back !== undefined) assert.deepEqual(upstreamUrl(at, fileUrl(at, back.project, back.url)), back);
      }),
      { numRuns: 3000 },
    );
  });
});
