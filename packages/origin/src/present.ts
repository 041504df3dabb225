import {
  type Presented,
  type PresentOptions,
  present as presentWith,
  type Representation,
  type RequestHead,
} from "@larder/core";

export type { Presented, PresentReason, Representation } from "@larder/core";

/** A boundary that nobody can have put into the content beforehand (RFC 2046 §5.1.1). */
function randomBoundary(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(18)), (octet) => octet.toString(16).padStart(2, "0")).join(
    "",
  );
}

/** `present` of core, with a random boundary where none is given. */
export const present = (
  request: RequestHead,
  representation: Representation,
  options: Partial<PresentOptions> = {},
): Presented => presentWith(request, representation, { boundary: randomBoundary, ...options });
