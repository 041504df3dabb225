// A route of an Express app: 304 without asking the database for more than a version.
//   node packages/origin/examples/express.ts
import type { AddressInfo } from "node:net";
import { conditional, json, tagOfVersion, validateAlways } from "@larder/origin";
import { expressHandler } from "@larder/origin/express";
import express, { type Request } from "express";

const versionOf = async (_id: string) => 7;
const load = async (id: string) => ({ id, name: "thing" });

const app = express();
app.get(
  "/things/:id",
  expressHandler<Request>(async (request, { params }) => {
    const id = String(params.id);
    const state = { etag: tagOfVersion(id, await versionOf(id)), cacheControl: validateAlways() };
    return conditional(request, state, async () => json(await load(id)));
  }),
);

const server = app.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/things/1`),
);
