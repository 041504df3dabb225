import { STATUS_CODES } from "node:http";
import type { Outgoing } from "./handler.ts";

/** What a field means for the message that it is in; `undefined` for no name that can be sent. */
type Part = "length" | "date" | "framing" | "other" | undefined;

const parts = new Map<string, Part>();
const token = /^[\w!#$%&'*+.^`|~-]+$/;
const notInValues = /[^\t\x20-\x7e\x80-\xff]/;
/** fields that say how the message or its connection goes on (RFC 9110 §7.6.1, RFC 9112 §6): left to node:http */
const framing = ["connection", "keep-alive", "transfer-encoding", "trailer", "upgrade"];

/** Names are few; each is looked at once. */
function partOf(name: string): Part {
  if (parts.has(name)) return parts.get(name);
  const lower = name.toLowerCase();
  const part = !token.test(name)
    ? undefined
    : lower === "content-length"
      ? "length"
      : lower === "date"
        ? "date"
        : framing.includes(lower)
          ? "framing"
          : "other";
  if (parts.size < 1024) parts.set(name, part);
  return part;
}

/**
 * The head of an answer after which the connection goes on (RFC 9112 §2.1), with the octets that node:http would write.
 * @param length octets of the content that follows; undefined = none may follow, and its length isn't told
 * @param keepAlive seconds that the connection is kept
 * @returns undefined for what node:http has to write, or to refuse
 */
export function headText(
  { status, reason, fields: { raw } }: Outgoing,
  length: number | undefined,
  keepAlive: number,
): string | undefined {
  if (reason !== undefined || !(status >= 200 && status <= 599)) return undefined;
  let text = statusLine(status);
  let hasDate = false;
  let needsLength = length !== undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const value = raw[i + 1]!;
    const part = partOf(name);
    if (part === undefined || part === "framing" || notInValues.test(value)) return undefined;
    if (part === "date") hasDate = true;
    else if (part === "length") {
      if (length !== undefined && Number(value) !== length) return undefined;
      needsLength = false;
    }
    text += `${name}: ${value}\r\n`;
  }
  if (needsLength) text += `Content-Length: ${length}\r\n`;
  if (!hasDate) text += `Date: ${date()}\r\n`;
  return `${text}Connection: keep-alive\r\nKeep-Alive: timeout=${keepAlive}\r\n\r\n`;
}

const statusLine = (status: number): string => `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "unknown"}\r\n`;

let second = 0;
let text = "";

/** Now, as an HTTP-date (RFC 9110 §5.6.7); made once for each second. */
function date(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    text = new Date(now * 1000).toUTCString();
  }
  return text;
}
