import type { RequestHead } from "@larder/core";
import type { DestinationStream } from "pino";
import type { Outgoing, SendEnd } from "./handler.ts";

/** What an access log needs to know of a request. */
export interface AccessedRequest {
  readonly head: Pick<RequestHead, "method">;
  readonly path: string;
  readonly remote: string;
  /** `performance.now()` when the head was there */
  readonly started: number;
}

/** Told of every answer when it has been sent, or when it is clear that it can't be. */
export type AccessLog = (request: AccessedRequest, outgoing: Outgoing, end: SendEnd) => void;

/**
 * One JSON object a line: time, remote, method, path, status, bytes, ms, what the handler adds (cache, mount, …), and
 * `cut` where the client did not get all. Built by hand, because it is on the hot path; the form is that of pino.
 */
export function jsonAccess(out: DestinationStream): AccessLog {
  return (request, outgoing, end) => {
    let line =
      `{"level":"info","time":"${isoTime()}","remote":"${request.remote}","method":${JSON.stringify(request.head.method)}` +
      `,"path":${JSON.stringify(loggable(request.path))},"status":${outgoing.status},"bytes":${end.bytes}` +
      `,"ms":${milliseconds(request.started)}`;
    if (outgoing.log !== undefined) {
      for (const name in outgoing.log) {
        const value = outgoing.log[name];
        if (value !== undefined) line += `,${JSON.stringify(name)}:${JSON.stringify(value)}`;
      }
    }
    const cut = cutBy(end);
    if (cut !== undefined) line += `,"cut":"${cut}"`;
    out.write(`${line},"msg":"request"}\n`);
  };
}

/** One short line for people: time, client, request, status, size, time taken, and what the handler adds. */
export function textAccess(out: DestinationStream): AccessLog {
  return (request, outgoing, end) => {
    const added = Object.values(outgoing.log ?? {}).filter((value) => typeof value === "string");
    const cut = cutBy(end);
    if (cut !== undefined) added.push(`cut: ${cut}`);
    const path = printable(loggable(request.path));
    out.write(
      `${isoTime().slice(11, 19)} ${request.remote} ${request.head.method} ${path} ${outgoing.status} ` +
        `${end.bytes} B ${milliseconds(request.started)} ms${added.map((text) => `  ${printable(String(text))}`).join("")}\n`,
    );
  };
}

/** Names of parameters whose values nobody should read in a log. */
const secretName = /token|secret|passw|signature|credential|key|^(?:sig|auth|jwt)$/i;

/** A query in base64url within a path, as links to files carry that of their upstream. */
const coded = /~~[\w-]+(?=\/)/g;

/** A path with query as a log may hold it: what may be secret masked, and never longer than this. */
export function loggable(path: string, longest = 2048): string {
  const open = path.includes("~~") ? path.replace(coded, "~~***") : path;
  const whole = open.length > longest ? `${open.slice(0, longest)}...` : open;
  const at = whole.indexOf("?");
  if (at < 0) return whole;
  const masked = (parameter: string): string => {
    const equals = parameter.indexOf("=");
    return secretName.test(parameter.slice(0, Math.max(equals, 0))) ? `${parameter.slice(0, equals)}=***` : parameter;
  };
  return `${whole.slice(0, at)}?${whole
    .slice(at + 1)
    .split("&")
    .map(masked)
    .join("&")}`;
}

/** Text that can't move a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

const cutBy = (end: SendEnd): string | undefined =>
  end.error !== undefined ? "source" : end.gone === true ? "client" : undefined;

/** Milliseconds since a `performance.now()`, to a hundredth. */
const milliseconds = (started: number): number => Math.round((performance.now() - started) * 100) / 100;

let lastTime = 0;
let lastText = "";

/** Now, as RFC 3339 text; made once for each millisecond. */
function isoTime(): string {
  const now = Date.now();
  if (now !== lastTime) {
    lastTime = now;
    lastText = new Date(now).toISOString();
  }
  return lastText;
}
