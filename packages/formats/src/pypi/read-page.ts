import type { PageSource, ReadResult } from "./page.ts";
import { readHtml } from "./read-html.ts";
import { readJson } from "./read-json.ts";

/** As the media type's charset says, else as UTF-8; only text has a charset, JSON never (RFC 8259 §8.1, §11). */
function decode(contentType: string, content: Uint8Array): string {
  const [, charset] = /^\s*text\/.*;\s*charset="?([^\s";]+)/i.exec(contentType) ?? [];
  try {
    return new TextDecoder(charset ?? "utf-8").decode(content);
  } catch {
    return new TextDecoder().decode(content); // no such charset
  }
}

/**
 * Reads a project's page as an upstream sent it. The media type says what it is; where the content plainly is the
 * other of JSON and HTML, the content is believed. What is no page of this project, such as a login page with status
 * 200, is a fault and never an empty page.
 * @param contentType the Content-Type field's value, empty where there was none
 * @param content decoded: no content coding is left
 */
export function readPage(contentType: string, content: Uint8Array | string, source: PageSource): ReadResult {
  const major = /^\s*application\/vnd\.pypi\.simple\.v([0-9]+)\+/i.exec(contentType)?.[1];
  if (major !== undefined && major !== "1")
    return { fault: `The page speaks version ${major} of the simple API, Larder version 1 (PEP 691).` };
  const text = (typeof content === "string" ? content : decode(contentType, content)).replace(/^\uFEFF/, "");
  const first = /\S/.exec(text)?.[0];
  if (first === undefined) return { fault: "The page is empty." };
  const json = first === "{" || (first !== "<" && /[/+]json\b/i.test(contentType));
  return json ? readJson(text, source) : readHtml(text, source);
}
