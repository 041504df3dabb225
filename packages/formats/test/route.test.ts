import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { http, type Mount, projectPage, pypi, type Route } from "../src/index.ts";

const mount: Mount = { prefix: "/pypi/", upstream: new URL("https://index.example/simple/") };
const atRoot: Mount = { prefix: "/", upstream: new URL("http://127.0.0.1:21300/repository/simple/") };

const get = (at: Mount, url: string): Route => {
  const query = url.indexOf("?");
  return query === -1
    ? pypi.route(at, { method: "GET", path: url, query: "" })
    : pypi.route(at, { method: "GET", path: url.slice(0, query), query: url.slice(query) });
};
/** the part of a route that says where it leads */
const brief = (route: Route): string =>
  route.type === "redirect"
    ? `${route.status} ${route.location}`
    : route.type === "none"
      ? String(route.status)
      : route.type === "root"
        ? "root"
        : `${route.type} ${route.target}`;

describe("PEP 503 routes", () => {
  const rows: readonly [at: Mount, url: string, then: string][] = [
    [mount, "simple/", "root"],
    [mount, "simple", "301 /pypi/simple/"],
    [mount, "", "301 /pypi/simple/"],
    [mount, "simple/foo-bar/", "document https://index.example/simple/foo-bar/"],
    [mount, "simple/foo-bar/?format=x", "document https://index.example/simple/foo-bar/"],
    [mount, "simple/foo-bar", "301 /pypi/simple/foo-bar/"],
    [mount, "simple/Foo_Bar/", "301 /pypi/simple/foo-bar/"],
    [mount, "simple/Foo.Bar?format=x", "301 /pypi/simple/foo-bar/?format=x"],
    [mount, "simple/f%6fo/", "301 /pypi/simple/foo/"],
    [mount, "simple/foo%2fbar/", "404"],
    [mount, "simple/-foo/", "404"],
    [mount, "simple/../", "404"],
    [mount, "simple/%2e%2e/", "404"],
    [mount, "simple//", "404"],
    [mount, "simple/foo/1.0/", "404"],
    [mount, "simple/foo//", "404"],
    [mount, "simple/föö/", "404"],
    [mount, "pypi/foo/json", "404"],
    [mount, "files/foo/-/a/foo-1.0.whl", "artifact https://index.example/a/foo-1.0.whl"],
    [
      mount,
      "files/foo/files.example~~P3M9MQ/foo-1.0.whl.metadata?ignored",
      "artifact https://files.example/foo-1.0.whl.metadata?s=1",
    ],
    [mount, "files/foo/-/foo-1.0+x.whl", "artifact https://index.example/foo-1.0%2Bx.whl"],
    [mount, "files/foo/-/foo-1.0%2bx.whl", "artifact https://index.example/foo-1.0%2Bx.whl"],
    [mount, "files/Foo/-/a/foo-1.0.whl", "404"],
    [mount, "files/foo%2fbar/-/a/foo-1.0.whl", "404"],
    [mount, "files/foo/-/../etc/passwd", "404"],
    [mount, "files/foo/", "404"],
    [mount, "files/", "404"],
    [atRoot, "simple/foo/", "document http://127.0.0.1:21300/repository/simple/foo/"],
    [atRoot, "simple/FOO", "301 /simple/foo/"],
    [atRoot, "files/foo/-/repository/foo.whl", "artifact http://127.0.0.1:21300/repository/foo.whl"],
  ];
  for (const [at, url, then] of rows) test(`${at.prefix}${url}`, () => assert.equal(brief(get(at, url)), then));

  test("a file knows the page that must link it", () => {
    const route = get(mount, "files/foo/-/a/foo-1.0.whl");
    assert.equal(route.type, "artifact");
    assert.deepEqual(route.type === "artifact" && route.page, get(mount, "simple/foo/"));
  });

  test("the upstream is asked for JSON first (PEP 691)", () => {
    const route = get(mount, "simple/foo/");
    assert.match(route.type === "document" ? route.accept : "", /^application\/vnd\.pypi\.simple\.v1\+json,/);
  });

  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "get"])
    test(`${method} is not for an index`, () => {
      const route = pypi.route(mount, { method, path: "simple/foo/", query: "" });
      assert.ok(route.type === "none" && route.status === 405 && route.allow === "GET, HEAD");
    });
  test("HEAD goes where GET goes", () => {
    assert.deepEqual(pypi.route(mount, { method: "HEAD", path: "simple/foo/", query: "" }), get(mount, "simple/foo/"));
  });

  test("no path throws, and none leads to a page elsewhere", () => {
    const piece = fc.constantFrom(
      "simple",
      "files",
      "foo",
      "/",
      "..",
      "%2e",
      "%2f",
      "%",
      "\\",
      "@",
      ":",
      "-",
      "?",
      "\0",
      "ä",
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const route = get(mount, pieces.join(""));
        if (route.type === "document") assert.ok(route.target.startsWith("https://index.example/simple/"));
        if (route.type === "redirect") assert.match(route.location, /^\/pypi\/simple\//);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("the page of a project", () => {
  const rows: readonly [upstream: string, target: string][] = [
    ["https://index.example/simple/", "https://index.example/simple/foo/"],
    ["https://index.example/simple", "https://index.example/foo/"],
    ["https://index.example/simple/?a=/", "https://index.example/simple/foo/"],
    ["https://index.example/simple/#/", "https://index.example/simple/foo/"],
  ];
  for (const [upstream, target] of rows)
    test(upstream, () => assert.equal(projectPage({ prefix: "/", upstream: new URL(upstream) }, "foo").target, target));
});

describe("the http format's routes", () => {
  const upstream: Mount = { prefix: "/", upstream: new URL("http://127.0.0.1:21300/base/") };
  const rows: readonly [path: string, query: string, then: string][] = [
    ["", "", "plain http://127.0.0.1:21300/base/"],
    ["a/b", "?c=d&e", "plain http://127.0.0.1:21300/base/a/b?c=d&e"],
    ["a//b", "", "plain http://127.0.0.1:21300/base/a//b"],
    ["//evil.example/", "", "plain http://127.0.0.1:21300/base///evil.example/"],
    ["http://evil.example/", "", "plain http://127.0.0.1:21300/base/http://evil.example/"],
    ["@scope%2fname", "", "plain http://127.0.0.1:21300/base/@scope%2fname"],
    ["a/%zz", "?%", "plain http://127.0.0.1:21300/base/a/%zz?%"],
    ["a/../b", "", "plain http://127.0.0.1:21300/base/b"],
    ["../b", "", "400"],
    ["a/../../b", "", "400"],
    ["%2e%2E/b", "", "400"],
    ["..%2fb", "", "400"],
    ["a/..%5c..%5Cb", "", "400"],
    ["a\\b", "", "400"],
    ["a b", "", "400"],
    ["a#b", "", "400"],
    ["a", "?\0", "400"],
    ["ä", "", "400"],
  ];
  for (const [path, query, then] of rows)
    test(JSON.stringify(path + query), () =>
      assert.equal(brief(http.route(upstream, { method: "GET", path, query })), then),
    );

  test("a target is what a URL parser makes of it", () => {
    const letter = fc.constantFrom(..."aZ0_./~!$&()*+,;=:@-%?'|^`\"<>[]{}");
    fc.assert(
      fc.property(fc.string({ unit: letter }), fc.string({ unit: letter }), (path, search) => {
        const query = search === "" ? "" : `?${search}`;
        const route = http.route(upstream, { method: "GET", path, query });
        if (route.type === "plain") assert.equal(route.target, new URL(upstream.upstream.href + path + query).href);
      }),
      { numRuns: 3000 },
    );
  });

  test("every method has its route", () => {
    assert.equal(http.route(upstream, { method: "PATCH", path: "a", query: "" }).type, "plain");
  });

  test("no path leaves the mount's folder", () => {
    const piece = fc.constantFrom("/", "..", ".", "%2e", "%2F", "%5c", "\\", "a", "?", ":", "@", "%", "\t");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const route = http.route(upstream, { method: "GET", path: pieces.join(""), query: "" });
        if (route.type === "plain") assert.ok(route.target.startsWith(upstream.upstream.href));
      }),
      { numRuns: 3000 },
    );
  });
});
