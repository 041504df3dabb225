// A Python index on loopback that can be wrong on purpose. Two origins (two ports) serve the same; links lead from
// the first to the second.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { type Answer, send } from "./answer.ts";
import { type Catalogue, htmlPage, jsonPage, publish } from "./catalogue.ts";
import { type Asked, type Fault, type FaultName, faults, type Validators } from "./faults.ts";
import { type Package, sha256 } from "./packages.ts";

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly conditions: Readonly<Record<string, string>>;
  readonly status: number;
}

export interface Upstream {
  /** of the index, `http://127.0.0.1:…/simple/` */
  readonly index: string;
  /** every request, in order */
  readonly log: Seen[];
  /** how many answers were not as they should be, since the fault was switched on */
  faulty(): number;
  publish(project: string, file: Package): void;
  switchTo(fault: FaultName): void;
  close(): Promise<void>;
}

const jsonType = "application/vnd.pypi.simple.v1+json";
const whole = { "content-type": "application/octet-stream", "cache-control": "max-age=31536000, immutable" };
const missing: Answer = {
  status: 404,
  fields: { "content-type": "text/plain" },
  content: Buffer.from("no such file\n"),
};

/**
 * Starts it on two ports that the system chooses.
 * @param options.fresh seconds for which its pages are fresh, where no fault says otherwise
 */
export async function startUpstream({ fresh = 600 } = {}): Promise<Upstream> {
  const catalogue: Catalogue = new Map();
  const log: Seen[] = [];
  const pages = new Map<string, Uint8Array>();
  const earlier = new Map<string, number>();
  let fault: Fault = faults.none;
  let faulty = 0;
  /** when the newest file was published, in whole seconds; each file is a minute younger than the one before */
  let newest = Date.UTC(2026, 0, 1);

  /** Pages are made once, until something changes. */
  function made(name: string, make: () => Uint8Array): Uint8Array {
    const page = pages.get(name) ?? make();
    pages.set(name, page);
    return page;
  }

  function page(project: string, request: IncomingMessage): Answer {
    const files = catalogue.get(project);
    if (files === undefined) return missing;
    const json = fault.speaks !== "html" && (fault.speaks === "json" || request.headers.accept?.includes(jsonType));
    const gzip = /\bgzip\b/.test(String(request.headers["accept-encoding"]));
    const plain = made(`${project} ${json}`, () => {
      const { links, padding = 0, metadata = true, content = (page) => page } = fault;
      const options = { filesAt: links === "relative" ? "../.." : origins[1]!, padding, metadata };
      return content(Buffer.from(json ? jsonPage(project, files, options) : htmlPage(project, files, options)));
    });
    const content = gzip ? made(`${project} ${json} gzip`, () => gzipSync(plain, { level: 1 })) : plain;
    const tag = (text: Uint8Array) => `"${sha256(text).slice(0, 16)}"`;
    const usual = { etag: tag(content), lastModified: new Date(newest).toUTCString() };
    const fields = {
      "content-type": json ? jsonType : "text/html; charset=utf-8",
      "cache-control": `max-age=${fresh}`,
      vary: "Accept, Accept-Encoding",
      ...(gzip ? { "content-encoding": "gzip" } : {}),
    };
    return judged({ status: 200, fields, content }, fault.validators?.(usual, { plain: tag(plain) }) ?? usual, request);
  }

  function file(project: string, filename: string, request: IncomingMessage): Answer {
    const found = catalogue.get(project)?.get(filename.replace(/\.metadata$/, ""));
    const content = filename.endsWith(".metadata") ? found?.metadata : found?.content;
    if (content === undefined) return missing;
    const validators = { etag: `"${sha256(content).slice(0, 16)}"`, lastModified: new Date(newest).toUTCString() };
    return judged(ranged({ status: 200, fields: whole, content }, request.headers.range), validators, request);
  }

  /** With its validators, or as the 304 that the request's conditions ask for (RFC 9110 §13.2.2). */
  function judged(answer: Answer, { etag, lastModified }: Validators, request: IncomingMessage): Answer {
    const { "if-none-match": tags, "if-modified-since": since } = request.headers;
    const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
    const same =
      tags === undefined || (fault.conditions === "date first" && since !== undefined)
        ? since !== undefined && since === lastModified
        : etag !== undefined && tags.split(",").some((tag) => opaque(tag) === opaque(etag));
    const fields = {
      ...answer.fields,
      ...(etag === undefined ? {} : { etag }),
      ...(lastModified === undefined ? {} : { "last-modified": lastModified }),
    };
    if (!same || fault.conditions === "ignored") return { ...answer, fields };
    const { "content-type": _, "content-encoding": __, ...kept } = fields as Record<string, string>;
    return { status: 304, fields: kept, content: new Uint8Array() };
  }

  function answer(request: IncomingMessage, other: string): Answer {
    const path = request.url ?? "/";
    const { "if-none-match": tags, "if-modified-since": since } = request.headers;
    const asked: Asked = {
      path,
      other,
      conditional: tags !== undefined || since !== undefined,
      earlier: earlier.get(path) ?? 0,
    };
    earlier.set(path, asked.earlier + 1);
    const [kind, project = "", filename = ""] = path
      .replace(/^\/moved/, "")
      .slice(1)
      .split("/");
    switch (kind) {
      case "simple":
        return changed(page(project, request), fault.page, asked);
      case "files":
        return changed(file(project, filename, request), fault.file, asked);
      default:
        return missing;
    }
  }

  function changed(right: Answer, change: Fault["page"], asked: Asked): Answer {
    const given = change?.(right, asked) ?? right;
    if (given !== right || fault.inherent === true) faulty++;
    return given;
  }

  const origins: string[] = [];
  const serve = (own: number) => (request: IncomingMessage, response: ServerResponse) => {
    const given = answer(request, origins[1 - own]!);
    const conditions = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => name.startsWith("if-")) as [string, string][],
    );
    log.push({ method: request.method ?? "", path: request.url ?? "", conditions, status: given.status });
    void send(given, response, request.method === "HEAD");
  };
  const servers = [createServer(serve(0)), createServer(serve(1))];
  for (const server of servers) origins.push(`http://127.0.0.1:${await listen(server)}`);

  return {
    index: `${origins[0]}/simple/`,
    log,
    faulty: () => faulty,
    publish: (project, made) => {
      newest += 60_000;
      pages.clear();
      publish(catalogue, project, made);
    },
    switchTo: (name) => {
      fault = faults[name];
      earlier.clear();
      pages.clear();
      faulty = 0;
    },
    close: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** The one range of a file that was asked for (RFC 9110 §14), as far as Larder asks. */
function ranged(answer: Answer, range: string | undefined): Answer {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  if (first === undefined || last === undefined) return answer;
  const { length } = answer.content;
  const from = first === "" ? Math.max(0, length - Number(last)) : Number(first);
  const content = answer.content.subarray(from, first === "" || last === "" ? length : Number(last) + 1);
  const fields = { ...answer.fields, "content-range": `bytes ${from}-${from + content.length - 1}/${length}` };
  return { status: 206, fields, content };
}

/** Listens on loopback, on a port that the system chooses. */
async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
