import { concatenate } from "./octets.ts";
import type { Content } from "./store.ts";

/** All octets of a content, in memory. @throws what reading it throws */
export async function readAll(content: Content): Promise<Uint8Array> {
  if (content.bytes !== undefined) return content.bytes;
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.read()) chunks.push(chunk);
  return concatenate(chunks);
}
