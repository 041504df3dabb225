import type { Content } from "./store.ts";

/** All octets of a content, in memory. @throws what reading it throws */
export async function readAll(content: Content): Promise<Uint8Array> {
  if (content.bytes !== undefined) return content.bytes;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of content.read()) {
    chunks.push(chunk);
    length += chunk.length;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
