import { createHash } from "node:crypto";

/** 162 bits: enough to tell contents apart. */
const shortLength = 27;

/** SHA-256, hexadecimal. */
export const sha256 = (octets: Uint8Array): string => createHash("sha256").update(octets).digest("hex");

/** The beginning of a SHA-256, base64url: as a strong entity tag's text, or a revision. */
export const shortDigest = (octets: Uint8Array | string): string =>
  createHash("sha256").update(octets).digest("base64url").slice(0, shortLength);

/** The same of content whose SHA-256 is known. @param hex hexadecimal */
export const shortened = (hex: string): string => Buffer.from(hex, "hex").toString("base64url").slice(0, shortLength);
