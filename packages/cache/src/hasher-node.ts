import { createHash } from "node:crypto";
import type { MakeHasher } from "./hasher.ts";

/** Hashers of node:crypto: as the octets come, and every algorithm that OpenSSL has. */
export const nodeHasher: MakeHasher = (algorithm) => {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest("hex") };
};
