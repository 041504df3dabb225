import { Fields } from "@larder/core";
import type { Handler } from "../src/index.ts";
import type { Asking } from "./asking.ts";
import { answer, say, source } from "./serving.ts";

/** Says the request; `/echo` its content. */
export const echo: Handler = async ({ head, path, body }) => {
  if (path !== "/echo") return say(`${head.method} ${head.target}`);
  let content = "";
  for await (const chunk of body ?? []) content += Buffer.from(chunk).toString();
  return say(content);
};

/** What a handler answers, and what of it a client must get in every version of HTTP. */
export interface Row {
  readonly says: string;
  readonly handler: Handler;
  readonly asking?: Asking;
  readonly status: number | undefined;
  readonly content?: string | RegExp;
  /** fields that are there (true: with any value), or not (undefined) */
  readonly fields?: Readonly<Record<string, string | readonly string[] | true | undefined>>;
  readonly interim?: readonly number[];
  /** default true */
  readonly whole?: boolean;
  readonly logged?: readonly string[];
}

const early: Handler = async (incoming) => {
  incoming.interim({ status: 103, fields: Fields.of(["Link", "</a>"], ["Link", "</b>"]) });
  return say("x");
};
const large = "a".repeat(300_000);

/** By section. */
export const tables: Readonly<Record<string, readonly Row[]>> = {
  "9110:8.6 content and its length": [
    {
      says: "bytes",
      handler: () => answer(200, Buffer.from("abc")),
      status: 200,
      content: "abc",
      fields: { "content-length": "3" },
    },
    { says: "many", handler: () => answer(200, Buffer.from(large)), status: 200, content: large },
    { says: "none", handler: () => answer(200, null), status: 200, content: "", fields: { "content-length": "0" } },
    {
      says: "chunks",
      handler: () => answer(200, source("ab", "", "c").content),
      status: 200,
      content: "abc",
      fields: { "content-length": undefined },
    },
    { says: "no chunks", handler: () => answer(200, source().content), status: 200, content: "" },
    {
      says: "HEAD, bytes",
      handler: () => answer(200, Buffer.from("abc")),
      asking: { method: "HEAD" },
      status: 200,
      content: "",
      fields: { "content-length": "3" },
    },
    {
      says: "HEAD, answered later",
      handler: async () => answer(200, source("abc").content),
      asking: { method: "HEAD" },
      status: 200,
      content: "",
    },
    {
      says: "204",
      handler: () => answer(204, null, ["Content-Length", "0"]),
      status: 204,
      content: "",
      fields: { "content-length": undefined },
    },
    {
      says: "304",
      handler: () => answer(304, Buffer.from("abc"), ["ETag", '"a"']),
      status: 304,
      content: "",
      fields: { etag: '"a"' },
    },
  ],
  "9110:5 fields": [
    {
      says: "go out in lower case or as they are, twice where they are twice",
      handler: () => say("", ["Set-Cookie", "a"], ["Set-Cookie", "b"], ["X-Odd", "1"]),
      status: 200,
      fields: { "set-cookie": ["a", "b"], "x-odd": "1", date: true },
    },
    {
      says: "that may stand once, twice",
      handler: () => say("", ["Age", "1"], ["Age", "2"]),
      status: 200,
      fields: { age: true },
    },
    { says: "octets above ASCII", handler: () => say("", ["X-Odd", "\xe4"]), status: 200 },
  ],
  "an answer that goes wrong": [
    {
      says: "a handler that throws",
      handler: () => {
        throw new Error("boom");
      },
      status: 500,
      logged: ["a request failed"],
    },
    {
      says: "a handler that rejects",
      handler: () => Promise.reject(new Error("boom")),
      status: 500,
      logged: ["a request failed"],
    },
    {
      says: "a length that bytes contradict",
      handler: () => answer(200, Buffer.from("abc"), ["Content-Length", "4"]),
      status: 500,
      logged: ["a request failed"],
    },
    {
      says: "a field that can't be sent",
      handler: () => answer(200, null, ["X", "a\r\nb"]),
      status: 500,
      logged: ["a request failed"],
    },
    {
      says: "chunks with a field that can't be sent",
      handler: () => answer(200, source("a").content, ["X", "a\r\nb"]),
      status: 500,
      logged: ["a request failed"],
    },
    { says: "no status", handler: () => answer(0, null), status: 500, logged: ["a request failed"] },
    {
      says: "a source that throws",
      handler: () => answer(200, source("abc", new Error("boom")).content),
      status: 200,
      whole: false,
      logged: ["an answer broke off"],
    },
    {
      says: "a source that is too short",
      handler: () => answer(200, source("abc").content, ["Content-Length", "4"]),
      status: 200,
      whole: false,
      logged: ["an answer broke off"],
    },
    {
      says: "a source that is too long",
      handler: () => answer(200, source("a", "bc").content, ["Content-Length", "2"]),
      status: 200,
      whole: false,
      logged: ["an answer broke off"],
    },
  ],
  "9110:15.2 interim responses": [
    { says: "as they come", handler: early, status: 200, interim: [103] },
    {
      says: "100 when content is asked for",
      handler: echo,
      asking: { method: "POST", path: "/echo", fields: { expect: "100-continue" }, content: "abc" },
      status: 200,
      content: "abc",
      interim: [100],
    },
    {
      says: "none when it isn't",
      handler: echo,
      asking: { method: "POST", fields: { expect: "100-continue" }, content: "abc" },
      status: 200,
      interim: [],
    },
    {
      says: "another expectation",
      handler: echo,
      asking: { method: "POST", fields: { expect: "200-maybe" }, content: "abc" },
      status: 417,
    },
  ],
  "9110:15.5 refused": [
    {
      says: "content that is said to be too long",
      handler: echo,
      asking: { method: "POST", path: "/echo", fields: { "content-length": "11" }, content: "a".repeat(11) },
      status: 413,
    },
    {
      says: "content that is too long",
      handler: echo,
      asking: { method: "POST", path: "/echo", content: "a".repeat(11) },
      status: 413,
    },
    {
      says: "not by one octet less",
      handler: echo,
      asking: { method: "POST", path: "/echo", content: "a".repeat(10) },
      status: 200,
      content: "a".repeat(10),
    },
    {
      says: "GET with content",
      handler: echo,
      asking: { fields: { "content-length": "3" }, content: "abc" },
      status: 400,
      content: /GET/,
    },
    { says: "a dot segment", handler: echo, asking: { path: "/a/%2e%2E/b" }, status: 400, content: /dot segment/ },
    {
      says: "a target that is too long",
      handler: echo,
      asking: { path: `/${"a".repeat(8192)}` },
      status: 414,
      content: /8192/,
    },
    {
      says: "too many lines",
      handler: echo,
      asking: { fields: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`a${i}`, "b"])) },
      status: 431,
      content: /256/,
    },
  ],
};
