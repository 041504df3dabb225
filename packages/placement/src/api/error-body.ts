/** How a refusal is written down: the stock sentence of its status, as WebOb has it, then our own; JSON, HTML or text. */
import { accept, Fields, preferredMediaType } from "@larder/core";
import type { Refusal, RefusedStatus } from "../refusal.ts";
import { newestVersion, oldestVersion, type Version } from "./versions.ts";

/** What a text may mention of the request. */
export interface ErrorContext {
  readonly method: string;
  /** Accept as it counts: `application/json` where there is none or any type will do */
  readonly accept: string;
  readonly contentType: string;
  readonly requestId: string;
  /** undefined before the microversion is settled */
  readonly version: Version | undefined;
}

interface Stock {
  readonly title: string;
  /** with the line ends that it has; `\n` becomes a space in JSON and text */
  readonly says: string | ((context: ErrorContext) => string);
  /** the sentences of three statuses end differently */
  readonly ends?: string;
}

const stock: Readonly<Record<RefusedStatus, Stock>> = {
  400: {
    title: "Bad Request",
    says: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
  },
  401: {
    title: "Unauthorized",
    says: "This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.",
  },
  403: { title: "Forbidden", says: "Access was denied to this resource." },
  404: { title: "Not Found", says: "The resource could not be found." },
  405: {
    title: "Method Not Allowed",
    says: ({ method }) => `The method ${method} is not allowed for this resource. `,
    ends: "",
  },
  406: {
    title: "Not Acceptable",
    says: ({ accept }) =>
      `The resource could not be generated that was acceptable to your browser\n(content of type ${accept}. `,
    ends: "",
  },
  409: { title: "Conflict", says: "There was a conflict when trying to complete your request." },
  411: { title: "Length Required", says: "Content-Length header required." },
  412: { title: "Precondition Failed", says: "Request precondition failed." },
  413: { title: "Request Entity Too Large", says: "The body of your request was too large for this server." },
  414: { title: "Request URI Too Long", says: "The request URI was too long for this server." },
  415: {
    title: "Unsupported Media Type",
    says: ({ contentType }) => `The request media type ${contentType} is not supported by this server.\n`,
    ends: "",
  },
  431: { title: "Request Header Fields Too Large", says: "The request header fields were too large" },
  500: {
    title: "Internal Server Error",
    says: "The server has either erred or is incapable of performing the requested operation.",
  },
  503: {
    title: "Service Unavailable",
    says: "The server is currently unavailable. Please try again at a later time.",
  },
};

/** @returns the content and its media type */
export function errorBody(refusal: Refusal, context: ErrorContext): { type: string; content: string } {
  const { title, says, ends = "\n\n" } = stock[refusal.status];
  const status = `${refusal.status} ${title}`;
  const sentence = typeof says === "string" ? says : says(context);
  const body = `${sentence}<br /><br />\n${refusal.message}${ends}`;
  const ranges = accept.parse([context.accept]);
  const type = preferredMediaType(ranges?.length === 0 ? undefined : ranges, ["text/html", "application/json"]);
  if (type === "text/html") {
    const escaped = `${escapeHtml(sentence)}<br /><br />\n${escapeHtml(refusal.message)}${ends}`;
    const page = `<html>\n <head>\n  <title>${status}</title>\n </head>\n <body>\n  <h1>${status}</h1>\n  ${escaped}\n </body>\n</html>`;
    return { type: "text/html; charset=UTF-8", content: page };
  }
  if (type === undefined) return { type: "text/plain; charset=UTF-8", content: `${status}\n\n${plain(body)}` };
  if (refusal.status === 401)
    return { type: "application/json", content: JSON.stringify({ message: body, code: status, title }) };
  const error = {
    status: refusal.status,
    title,
    detail: plain(body),
    ...(context.version?.has.errorCodes ? { code: `placement.${refusal.details.code ?? "undefined_code"}` } : {}),
    request_id: context.requestId,
    ...(refusal.details.noVersion ? { max_version: newestVersion.text, min_version: oldestVersion.text } : {}),
  };
  return { type: "application/json", content: JSON.stringify({ errors: [error] }) };
}

/** Without tags and line ends, as WebOb does it; what a client sent in angle brackets goes with them. */
function plain(body: string): string {
  const oneLine = body.replaceAll("\n", " ").replaceAll("\r", "");
  const broken = withoutTags(oneLine, /<br/gi, "\n").replace(/<!--|-->/g, "");
  return withoutTags(broken, /</g, "");
}

/** Looks at every character once, however many brackets there are. */
function withoutTags(text: string, opening: RegExp, replacement: string): string {
  let result = "";
  for (let done = 0; ; ) {
    opening.lastIndex = done;
    const start = opening.exec(text)?.index ?? -1;
    const end = start < 0 ? -1 : text.indexOf(">", start);
    if (end < 0) return result + text.slice(done);
    result += text.slice(done, start) + replacement;
    done = end + 1;
  }
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#x27;");
}

/** What Accept counts as: no field or any type means that errors come as JSON. */
export function effectiveAccept(field: string | undefined): string {
  return field === undefined || field === "" || field === "*/*" ? "application/json" : field;
}

/** Whether JSON may be sent. A field that can't be read is as good as none. */
export function acceptsJson(effective: string): boolean {
  if (effective === "application/json") return true;
  const ranges = Fields.of(["accept", effective]).read(accept);
  return ranges === undefined || ranges.length === 0 || preferredMediaType(ranges, ["application/json"]) !== undefined;
}
