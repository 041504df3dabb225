// Notes over HTTP: nobody downloads again what has not changed, nobody overwrites what somebody else wrote.
//   node packages/origin/examples/notes.ts            (PORT=8080 to choose one)
//   curl -i -X PUT -H 'If-None-Match: *' -d 'buy bread' http://127.0.0.1:…/notes/1
//   curl -i http://127.0.0.1:…/notes/1                 its ETag goes into the next line
//   curl -i -X PUT -H 'If-Match: "1,1"' -d 'buy butter' http://127.0.0.1:…/notes/1
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { RequestHead } from "@larder/core";
import { conditional, json, lastChange, type Produced, type State, tagOfVersion, validateAlways } from "@larder/origin";
import { nodeHandler } from "@larder/origin/node-http";

interface Note {
  readonly text: string;
  readonly generation: number;
  readonly updated_at: number;
}

const notes = new Map<string, Note>();
let writes = 0;

const stateOf = (id: string, note: Note | undefined): State =>
  note === undefined
    ? { exists: false, requirePrecondition: true }
    : {
        etag: tagOfVersion(id, note.generation),
        lastModified: lastChange(note, Date.now()),
        cacheControl: validateAlways(),
        requirePrecondition: true,
      };

async function textOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await Array.fromAsync(request)).toString();
}

function list(request: RequestHead) {
  // a note that went away changes no date, so the list has a tag of its own
  const state = {
    etag: tagOfVersion("list", writes),
    lastModified: lastChange([...notes.values()], Date.now()),
    cacheControl: validateAlways(),
  };
  return conditional(request, state, () => json(Object.fromEntries(notes)));
}

async function note(request: RequestHead, incoming: IncomingMessage, id: string) {
  const text = request.method === "PUT" ? await textOf(incoming) : "";
  // from here to the change nothing is awaited, so nobody can come in between
  const before = notes.get(id);
  return conditional(request, stateOf(id, before), (): Produced => {
    switch (request.method) {
      case "GET":
      case "HEAD":
        return before === undefined ? { status: 404 } : json(before);
      case "PUT": {
        const generation = ++writes;
        notes.set(id, { text, generation, updated_at: Date.now() });
        return { status: before === undefined ? 201 : 204, etag: tagOfVersion(id, generation) };
      }
      case "DELETE":
        writes++;
        return { status: notes.delete(id) ? 204 : 404 };
      default:
        return { status: 405, fields: { allow: "GET, HEAD, PUT, DELETE" } };
    }
  });
}

const app = nodeHandler((request, incoming) => {
  const [, collection, id, more] = new URL(request.target).pathname.split("/");
  if (collection !== "notes" || more !== undefined)
    return conditional(request, { exists: false }, () => ({ status: 404 }));
  return id === undefined ? list(request) : note(request, incoming, id);
}, console.error);

const server = createServer(app).listen(Number(process.env.PORT ?? 0), "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/notes`),
);
