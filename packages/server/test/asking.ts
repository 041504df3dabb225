import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from "node:http2";
import { request as secureRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type Certificate, ownCertificate } from "../src/index.ts";
import type { Served } from "./serving.ts";

const folder = mkdtempSync(join(tmpdir(), "larder-tls-"));
after(() => rmSync(folder, { recursive: true, force: true }));
/** For localhost and 127.0.0.1. */
export const certificate: Certificate = await ownCertificate(folder, ["localhost", "127.0.0.1"], Date.now());
export const ca: string = readFileSync(join(folder, "ca.pem"), "utf8");

/** A request of a test. */
export interface Asking {
  readonly method?: string;
  readonly path?: string;
  readonly fields?: OutgoingHttpHeaders;
  readonly content?: string;
}

/** What a client got, in whichever version of HTTP. */
export interface Got {
  /** of the interim responses, in order */
  readonly interim: readonly number[];
  /** undefined where none came */
  readonly status: number | undefined;
  /** names in lower case; a name that came twice has a list */
  readonly fields: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly content: string;
  /** it ended as a whole message does */
  readonly whole: boolean;
}

/** The ways in which clients speak with a listener; each asks on a connection of its own. */
export const ways: Readonly<
  Record<string, { readonly tls: boolean; readonly ask: (served: Served, asking?: Asking) => Promise<Got> }>
> = {
  "HTTP/1.1": { tls: false, ask: (served, asking = {}) => ask1(false, served, asking) },
  "HTTP/1.1 over TLS": { tls: true, ask: (served, asking = {}) => ask1(true, served, asking) },
  "HTTP/2": { tls: true, ask: (served, asking = {}) => ask2(served, asking) },
};

async function ask1(
  tls: boolean,
  { port }: Served,
  { method = "GET", path = "/", fields, content }: Asking,
): Promise<Got> {
  const headers = { connection: "close", ...fields };
  const options = { host: "127.0.0.1", port, method, path, headers, agent: false };
  const request = tls ? secureRequest({ ...options, ca }) : plainRequest(options);
  const got = {
    interim: [] as number[],
    status: undefined as number | undefined,
    fields: {},
    content: "",
    whole: false,
  };
  request.on("information", ({ statusCode }) => got.interim.push(statusCode));
  return new Promise((resolve) => {
    request.on("error", () => resolve(got));
    request.on("response", (response) => {
      got.status = response.statusCode;
      got.fields = response.headers;
      response.on("data", (chunk: Buffer) => (got.content += chunk.toString("latin1")));
      response.on("error", () => undefined);
      response.on("close", () => resolve({ ...got, whole: response.complete }));
    });
    request.end(content);
  });
}

async function ask2({ port }: Served, { method = "GET", path = "/", fields, content }: Asking): Promise<Got> {
  const session = connect(`https://127.0.0.1:${port}`, { ca });
  session.on("error", () => undefined);
  try {
    const head = { ":method": method, ":path": path, ...fields };
    return await received(session.request(head, { endStream: content === undefined }), content);
  } finally {
    session.close();
  }
}

/** Sends what the request has beyond its head, and gives what comes back on its stream. */
export async function received(stream: ClientHttp2Stream, content?: string): Promise<Got> {
  const interim: number[] = [];
  const got: { status?: number; fields: Got["fields"]; content: string } = { fields: {}, content: "" };
  stream.on("error", () => undefined);
  stream.on("headers", (headers) => interim.push(Number(headers[":status"])));
  stream.on("response", ({ ":status": status, ...fields }) => {
    got.status = Number(status);
    got.fields = fields as Got["fields"];
  });
  let ended = false;
  stream.on("data", (chunk: Buffer) => (got.content += chunk.toString("latin1")));
  stream.on("end", () => (ended = true));
  if (content !== undefined) stream.end(content);
  await new Promise((resolve) => stream.once("close", resolve));
  return { interim, ...got, status: got.status, whole: ended && stream.rstCode === 0 && got.status !== undefined };
}
