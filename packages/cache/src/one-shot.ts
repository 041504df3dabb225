import { contentLength } from "@larder/core";
import type { Content } from "./store.ts";
import type { UpstreamResponse } from "./upstream.ts";

/** Content that goes straight through: it can be read once, as a whole. */
export function oneShot(response: UpstreamResponse): Content {
  const length = response.fields.read(contentLength);
  return { length: typeof length === "number" ? length : undefined, read: () => response.body };
}
