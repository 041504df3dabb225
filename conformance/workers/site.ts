import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A site whose pages change with each POST to them, and that says what it was asked. */
export interface ChangingSite {
  /** with a slash at its end */
  readonly url: string;
  /** how often each page has changed */
  versionOf(path: string): number;
  /** Changes a page without anybody's being told. @returns its new version */
  change(path: string): number;
  /** methods and paths of the requests since the start */
  readonly asked: string[];
  /** Answers to this path wait from now on. @returns lets them go */
  hold(path: string): () => void;
  close(): void;
}

/** Its pages say `PATH VERSION`, are fresh for ten minutes and in the group "g". */
export async function startSite(): Promise<ChangingSite> {
  const versions = new Map<string, number>();
  const asked: string[] = [];
  const held = new Map<string, (() => void)[]>();
  const versionOf = (path: string) => versions.get(path) ?? 0;
  const change = (path: string) => {
    versions.set(path, versionOf(path) + 1);
    return versionOf(path);
  };
  const answer = (method: string, path: string, language: string, response: ServerResponse) => {
    const version = method === "POST" ? change(path) : versionOf(path);
    response.setHeader("Cache-Control", "max-age=600");
    response.setHeader("Cache-Groups", '"g"');
    response.setHeader("ETag", `"${version}${language}"`);
    if (path.startsWith("/vary")) response.setHeader("Vary", "Accept-Language");
    const content = `${path} ${version} ${language}`;
    // what was read is what is sent, however long it takes
    const send = () => response.end(content);
    const waiting = held.get(path);
    if (waiting !== undefined && method === "GET") waiting.push(send);
    else send();
  };
  const server = createServer((request, response) => {
    const { method = "", url = "" } = request;
    asked.push(`${method} ${url}`);
    request.resume().on("end", () => answer(method, url, request.headers["accept-language"] ?? "", response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    versionOf,
    change,
    asked,
    hold(path) {
      held.set(path, []);
      return () => {
        for (const send of held.get(path) ?? []) send();
        held.delete(path);
      };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
