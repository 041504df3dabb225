import type { EntityTag } from "@larder/core";
import type { MaybePromise } from "./answer.ts";
import { utf8 } from "./content.ts";

/**
 * Makes a digest of content, text as UTF-8: Node's `hash`, WebCrypto, or any that makes collisions improbable. Text that
 * it gives, such as hexadecimal or base64url, becomes the tag as it is.
 */
export type Digest = (content: Uint8Array | string) => MaybePromise<Uint8Array | string>;

const webCrypto: Digest = async (content) => {
  const bytes = typeof content === "string" ? utf8(content) : content;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
};

/** 144 bits: 24 characters without padding, and far from any accident. */
const kept = 18;

function tagOfDigest(digest: Uint8Array | string): EntityTag {
  if (typeof digest === "string") return { weak: false, opaque: digest };
  const text = btoa(String.fromCharCode(...digest.subarray(0, kept)));
  return { weak: false, opaque: text.replace(/[+/]/g, (sign) => (sign === "+" ? "-" : "_")) };
}

/**
 * A strong tag from the content as it is sent, after coding (RFC 9110 §8.8.3.1).
 * @param digest SHA-256 by WebCrypto where left out; where it answers at once, so does this. On Node the fastest is
 * `(content) => hash("sha256", content, "base64url")`
 */
export function tagOfContent(
  content: Uint8Array | string,
  digest: (content: Uint8Array | string) => Uint8Array | string,
): EntityTag;
export function tagOfContent(content: Uint8Array | string, digest?: Digest): Promise<EntityTag>;
export function tagOfContent(content: Uint8Array | string, digest: Digest = webCrypto): MaybePromise<EntityTag> {
  const made = digest(content);
  return made instanceof Promise ? made.then(tagOfDigest) : tagOfDigest(made);
}

/** What a version is made of; `null` and absent things are themselves a state. */
export type VersionPart = string | number | bigint | boolean | null | undefined;

/** Leaves no comma and no "=" in a part, and nothing that a tag can't hold. */
const escaped = (text: string) => text.replace(/[^\w.~-]/g, (unit) => `%${unit.charCodeAt(0).toString(16)};`);

/**
 * A strong tag from what determines the octets: a generation, a revision of the renderer, the query, the media type.
 * Different lists of parts make different tags. To be strong, everything must be in it that the answer depends on.
 */
export function tagOfVersion(...parts: readonly [VersionPart, ...VersionPart[]]): EntityTag {
  const texts = parts.map((part) => (part === null || part === undefined ? "=" : escaped(String(part))));
  return { weak: false, opaque: texts.join(",") };
}

/** The same tag as a promise about the meaning only (RFC 9110 §8.8.1): octets may differ, ranges don't go together. */
export function weak(tag: EntityTag): EntityTag {
  return tag.weak ? tag : { weak: true, opaque: tag.opaque };
}
