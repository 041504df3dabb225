import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";

/** Date of all that the site sends, so that only what a gateway makes of it can differ. */
const date = "Sun, 01 Nov 2026 00:00:00 GMT";

/** What the site answers, by path; each a plain node:http listener. */
const pages: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  "/fresh": (_, response) =>
    response
      .writeHead(200, [
        "Date",
        date,
        "ETag",
        '"1"',
        "Cache-Control",
        "max-age=99999999",
        "X-Twice",
        "a",
        "x-twice",
        "\xe9",
      ])
      .end("0123456789"),
  "/vary": (request, response) =>
    response
      .writeHead(200, ["Date", date, "Vary", "Accept-Language", "Cache-Control", "max-age=99999999"])
      .end(`in ${request.headers["accept-language"]}`),
  "/own": (request, response) =>
    response
      .writeHead(200, ["Date", date, "Cache-Control", "max-age=99999999"])
      .end(`for ${request.headers.authorization}`),
  "/empty": (_, response) => response.writeHead(200, ["Date", date, "Content-Length", "0"]).end(),
  "/nothing": (_, response) => response.writeHead(204, ["Date", date]).end(),
  "/moved": (request, response) =>
    response.writeHead(301, "Elsewhere", ["Date", date, "Location", `http://${request.headers.host}/fresh`]).end(),
  "/chunked": (_, response) => {
    response.writeHead(200, ["Date", date, "Cache-Control", "no-store"]).write("one,");
    setTimeout(() => response.end("two"), 20);
  },
  "/hints": (_, response) => {
    response.writeEarlyHints({ link: "</a.css>; rel=preload" });
    response.writeHead(200, ["Date", date, "Cache-Control", "no-store"]).end("hinted");
  },
  "/broken": (_, response) => {
    response.writeHead(200, ["Date", date, "Content-Length", "10", "Cache-Control", "no-store"]).write("12345");
    setTimeout(() => response.destroy(), 50);
  },
  "/torn": (_, response) => {
    response.writeHead(200, ["Date", date, "Cache-Control", "no-store"]).write("12345");
    setTimeout(() => response.destroy(), 50);
  },
  "/big": (_, response) =>
    response.writeHead(200, ["Date", date, "Cache-Control", "max-age=99999999"]).end(Buffer.alloc(3_000_000, "big ")),
  "/echo": (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const { via: _, host: __, ...headers } = request.headers;
      response
        .writeHead(200, ["Date", date, "Cache-Control", "no-store"])
        .end(`${request.method} ${JSON.stringify(headers)} ${Buffer.concat(chunks)}`);
    });
  },
};

/** Starts the site; what it was asked, by path. It answers `/held` when it is told to. */
export async function startSite() {
  const asked: string[] = [];
  const held = new Map<string, () => void>();
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url!.startsWith("/held")) {
      held.set(request.url!, () => response.writeHead(200, ["Date", date]).end("released"));
      return;
    }
    (pages[request.url!.split("?", 1)[0]!] ?? ((_, answer) => answer.writeHead(404, ["Date", date]).end("none")))(
      request,
      response,
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    /** Waits until what is held was asked for. @returns answers it */
    async holds(path: string): Promise<() => void> {
      while (!held.has(path)) await new Promise(setImmediate);
      return held.get(path)!;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * What comes back on a connection of its own until it ends.
 * @param octets of a request, latin1; the `Continued` after a blank line is sent when an interim answer has come
 */
export async function exchangeOctets(port: number, octets: string, continued?: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.setEncoding("latin1");
  let got = "";
  let waits = continued !== undefined;
  socket.on("data", (text: string) => {
    got += text;
    if (waits && got.startsWith("HTTP/1.1 100")) {
      waits = false;
      socket.write(continued!, "latin1");
    }
  });
  socket.on("error", () => undefined);
  socket.write(octets, "latin1");
  return new Promise((resolve) => socket.on("close", () => resolve(whole(got))));
}

/** A message whose chunks, where it came in some, are one: where they are cut is chance. */
function whole(got: string): string {
  const at = got.indexOf("\r\n\r\n") + 4;
  if (!/^transfer-encoding: chunked/im.test(got.slice(0, at))) return got;
  let content = "";
  for (let from = at; ; ) {
    const [line, size] = /^([0-9a-f]+)\r\n/.exec(got.slice(from, from + 20)) ?? ["", ""];
    const length = Number.parseInt(size!, 16);
    if (!(length > 0)) return `${got.slice(0, at)}${content} then ${JSON.stringify(got.slice(from))}`;
    content += got.slice(from + line!.length, from + line!.length + length);
    from += line!.length + length + 2;
  }
}
