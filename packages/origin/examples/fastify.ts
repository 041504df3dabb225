// A route of a Fastify app, whose answer has a field from version 1.15 of the API on, and Last-Modified from 1.20 on.
//   node packages/origin/examples/fastify.ts
//   curl -i -H 'OpenStack-API-Version: shelf 1.20' http://127.0.0.1:…/things/1
import { conditional, json, lastChange, microversions, tagOfVersion, validateAlways } from "@larder/origin";
import { fastifyHandler } from "@larder/origin/fastify";
import fastify, { type FastifyRequest } from "fastify";

const negotiate = microversions({
  service: "shelf",
  oldest: "1.0",
  newest: "1.20",
  introduced: { weight: "1.15", lastModified: "1.20" },
});
const row = { id: "1", name: "thing", weight: 3, updated_at: Date.UTC(2026, 0, 1), generation: 7 };

const app = fastify();
app.get(
  "/things/:id",
  fastifyHandler((request, { params }: FastifyRequest) => {
    const asked = negotiate(request.fields);
    const { id } = params as { readonly id: string };
    if (asked.type !== "version") {
      const status = asked.type === "malformed" ? 400 : 406;
      return conditional(request, { exists: false }, () => json({ detail: asked.detail }, { status }));
    }
    if (id !== row.id)
      return conditional(request, { exists: false }, () => json({ detail: "no such thing" }, { status: 404 }));
    const { version, has, fields } = asked;
    const state = {
      // the version is part of it: it decides which octets are sent
      etag: tagOfVersion(id, row.generation, version),
      lastModified: has.lastModified ? lastChange(row, Date.now()) : undefined,
      cacheControl: validateAlways(),
      fields,
    };
    return conditional(request, state, () => json({ name: row.name, ...(has.weight && { weight: row.weight }) }));
  }),
);

await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT ?? 0) });
console.log(`http://127.0.0.1:${app.addresses()[0]?.port}/things/1`);
