import type { RequestHead } from "@larder/core";

/** The request of somebody who does not say who it is. */
export const withoutCredentials = (client: RequestHead): RequestHead =>
  client.fields.has("authorization")
    ? { ...client, fields: client.fields.filter((name) => name !== "authorization") }
    : client;

/** For a page that something else needs: who the client is, and not what it says of caching, which is about that. */
export const onlyCredentials = (client: RequestHead): RequestHead => ({
  ...client,
  fields: client.fields.filter((name) => name === "authorization"),
});
