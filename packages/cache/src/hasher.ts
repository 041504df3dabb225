import { concatenate } from "./octets.ts";

/** Makes one digest of octets that come in pieces. */
export interface Hasher {
  update(chunk: Uint8Array): void;
  /** @returns the digest in lower-case hexadecimal; asked for once */
  digest(): string | Promise<string>;
}

/** @param algorithm as node:crypto names it. @throws when it isn't known here. */
export type MakeHasher = (algorithm: string) => Hasher;

/**
 * Hashers of every JavaScript runtime (Web Cryptography), which takes all octets at once: fit for content that is
 * kept in memory anyway.
 */
export const webHasher: MakeHasher = (algorithm) => {
  const bits = /^sha(1|256|384|512)$/.exec(algorithm)?.[1];
  if (bits === undefined) throw new Error(`${algorithm} can't be computed here`);
  const chunks: Uint8Array[] = [];
  return {
    update: (chunk) => void chunks.push(chunk),
    digest: async () => hex(await crypto.subtle.digest(`SHA-${bits}`, concatenate(chunks))),
  };
};

function hex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (octet) => octet.toString(16).padStart(2, "0")).join("");
}
