import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fields, formatHttpDate } from "@larder/core";
import { type Presented, present, type Representation } from "../src/index.ts";

const changed = Date.UTC(2026, 0, 1);
const fields = Fields.fromRaw([
  ...["Date", formatHttpDate(changed + 60_000), "Content-Type", "text/plain", "Content-Length", "1000"],
  ...["ETag", '"a"', "Last-Modified", formatHttpDate(changed), "Vary", "accept"],
]);
const whole: Representation = { status: 200, fields, length: 1000 };
const ask = (method: string, conditions: Readonly<Record<string, string>>, representation = whole): Presented =>
  present(
    { method, target: "http://a.example/", fields: Fields.of(["Host", "a.example"], ...Object.entries(conditions)) },
    representation,
    { boundary: () => "xyz" },
  );
const range = { Range: "bytes=0-9" };

describe("DESIGN gateway step 6: what is really sent", () => {
  const rows: readonly [
    says: string,
    method: string,
    conditions: Readonly<Record<string, string>>,
    representation: Representation,
    then: Pick<Presented, "status" | "send" | "because">,
  ][] = [
    ["no condition", "GET", {}, whole, { status: 200, send: "all", because: "unconditional" }],
    ["HEAD has no content", "HEAD", {}, whole, { status: 200, send: "none", because: "unconditional" }],
    [
      "the tag is known",
      "GET",
      { "If-None-Match": '"a"' },
      whole,
      { status: 304, send: "none", because: "if-none-match" },
    ],
    [
      "the tag is known, to HEAD",
      "HEAD",
      { "If-None-Match": '"a"' },
      whole,
      { status: 304, send: "none", because: "if-none-match" },
    ],
    ["another tag", "GET", { "If-None-Match": '"b"' }, whole, { status: 200, send: "all", because: "if-none-match" }],
    [
      "the tag that the caller names goes before the field",
      "GET",
      { "If-None-Match": '"b"' },
      { ...whole, etag: { weak: false, opaque: "b" } },
      { status: 304, send: "none", because: "if-none-match" },
    ],
    [
      "unchanged since",
      "GET",
      { "If-Modified-Since": formatHttpDate(changed) },
      whole,
      { status: 304, send: "none", because: "if-modified-since" },
    ],
    ["another tag is wanted", "GET", { "If-Match": '"b"' }, whole, { status: 412, send: "none", because: "if-match" }],
    ["a range", "GET", range, whole, { status: 206, send: { pieces: [{ first: 0, last: 9 }] }, because: "range" }],
    [
      "a range of this very state",
      "GET",
      { ...range, "If-Range": '"a"' },
      whole,
      { status: 206, send: { pieces: [{ first: 0, last: 9 }] }, because: "range" },
    ],
    [
      "a range of another state",
      "GET",
      { ...range, "If-Range": '"b"' },
      whole,
      { status: 200, send: "all", because: "if-range" },
    ],
    [
      "a range behind the end #9110:14.2-416",
      "GET",
      { Range: "bytes=1000-" },
      whole,
      { status: 416, send: "none", because: "unsatisfiable-range" },
    ],
    ["HEAD has no ranges", "HEAD", range, whole, { status: 200, send: "none", because: "none" }],
    [
      "nobody knows the length yet #9110:13.1.5-no-ranges",
      "GET",
      { ...range, "If-Range": '"a"' },
      { ...whole, length: undefined },
      { status: 200, send: "all", because: "unknown-length" },
    ],
    [
      "octets that may differ are not cut",
      "GET",
      range,
      { ...whole, etag: { weak: true, opaque: "a" } },
      { status: 200, send: "all", because: "weak-tag" },
    ],
    [
      "a flood of ranges",
      "GET",
      { Range: "bytes=0-,0-,0-,0-" },
      whole,
      { status: 200, send: "all", because: "overlapping-ranges" },
    ],
  ];
  for (const [says, method, conditions, representation, then] of rows)
    test(says, () => {
      const { status, send, because } = ask(method, conditions, representation);
      assert.deepEqual({ status, send, because }, then);
    });

  for (const [method, status] of [
    ["GET", 404],
    ["GET", 301],
    ["GET", 206],
    ["POST", 200],
    ["OPTIONS", 200],
  ] as const)
    test(`${status} to ${method} passes untouched #9110:13.2.1-status #9110:13.2.1-when`, () => {
      const sent = ask(method, { ...range, "If-None-Match": '"a"' }, { ...whole, status });
      assert.deepEqual(sent, { status, fields, send: "all", because: "unconditional" });
    });

  test("without conditions the fields are not even copied", () => assert.equal(ask("GET", {}).fields, fields));
  test("a 304 has what RFC 9110 §15.4.5 names", () =>
    assert.deepEqual([...ask("GET", { "If-None-Match": '"a"' }).fields.names()].sort(), [
      "date",
      "etag",
      "last-modified",
      "vary",
    ]));
  test("a 416 names the length", () =>
    assert.equal(ask("GET", { Range: "bytes=1000-" }).fields.get("content-range"), "bytes */1000"));
  test("several ranges", () => {
    const { status, fields: parts, send } = ask("GET", { Range: "bytes=0-0,-1" });
    assert.equal(status, 206);
    assert.equal(parts.get("content-type"), "multipart/byteranges; boundary=xyz");
    assert.equal(typeof send === "object" && send.pieces.length, 5);
  });
  test("boundaries are random where nobody gives one", () => {
    const request = { method: "GET", target: "http://a.example/", fields: Fields.of(["Range", "bytes=0-0,-1"]) };
    const [one, two] = [present(request, whole), present(request, whole)].map((sent) =>
      sent.fields.get("content-type"),
    );
    assert.match(one!, /boundary=[0-9a-f]{36}$/);
    assert.notEqual(one, two);
  });
});
