import assert from "node:assert/strict";
import { Fields, formatHttpDate, type RequestHead } from "@larder/core";
import { type Answer, type Produced, type State, tagOfVersion, validateAlways } from "../src/index.ts";

export const now = Date.UTC(2026, 10, 22, 12);
export const changed = Date.UTC(2026, 0, 1);
/** What is known before the work is done. */
export const state: State = {
  etag: tagOfVersion(7),
  lastModified: changed,
  cacheControl: validateAlways(),
  vary: ["accept"],
  now,
};
export const text = "0123456789".repeat(100);
export const plain: Produced = { fields: { "content-type": "text/plain" }, content: text };

export const asking = (method: string, fields: Readonly<Record<string, string>> = {}): RequestHead => ({
  method,
  target: "http://a.example/thing",
  fields: Fields.of(...Object.entries(fields)),
});
export const given = (answer: Answer) => Object.fromEntries(answer.fields);

/** An answer's content, however it is given. */
export async function contentOf({ content }: Answer): Promise<string> {
  if (content === null) return "";
  if (typeof content === "string") return content;
  const chunks: Uint8Array[] = [];
  if (content instanceof Uint8Array) chunks.push(content);
  else for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
export const unreachable = (): never => assert.fail("produce was called");
export const validators = { etag: '"7"', "last-modified": formatHttpDate(changed) };
/** What a 304 has of an answer. */
export const kept = { date: formatHttpDate(now), ...validators, "cache-control": "no-cache", vary: "accept" };
