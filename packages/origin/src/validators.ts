import type { EntityTag } from "@larder/core";
import type { MaybePromise } from "./answer.ts";

/** Makes a digest of octets; Node's `hash`, WebCrypto, or any that makes collisions improbable. */
export type Digest = (bytes: Uint8Array) => MaybePromise<Uint8Array>;

const webCrypto: Digest = async (bytes) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));

/** 144 bits: 24 characters without padding, and far from any accident. */
const kept = 18;

const tagOfDigest = (digest: Uint8Array): EntityTag => {
  const text = btoa(String.fromCharCode(...digest.subarray(0, kept)));
  return { weak: false, opaque: text.replace(/[+/]/g, (sign) => (sign === "+" ? "-" : "_")) };
};

/**
 * A strong tag from the octets that are sent, after coding (RFC 9110 §8.8.3.1).
 * @param digest SHA-256 by WebCrypto where left out; where it answers at once, so does this
 */
export function tagOfBytes(bytes: Uint8Array, digest: (bytes: Uint8Array) => Uint8Array): EntityTag;
export function tagOfBytes(bytes: Uint8Array, digest?: Digest): Promise<EntityTag>;
export function tagOfBytes(bytes: Uint8Array, digest: Digest = webCrypto): MaybePromise<EntityTag> {
  const made = digest(bytes);
  return "then" in made ? made.then(tagOfDigest) : tagOfDigest(made);
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
