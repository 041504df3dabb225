import { createHash, type Hash, hash } from "node:crypto";
import type { MakeHasher } from "./hasher.ts";

/** A first chunk of up to so many octets may be all there is; backings keep as much as it came, too. */
const mostAtOnce = 65_536;
const nothing = new Uint8Array(0);

/** Hashers of node:crypto: as the octets come, and every algorithm that OpenSSL has. */
export const nodeHasher: MakeHasher = (algorithm) => {
  let running: Hash | undefined = algorithm === "sha256" ? undefined : createHash(algorithm);
  // of small content there is nothing more, and to hash it at once takes half the time
  let first: Uint8Array | undefined;
  return {
    update(chunk) {
      if (running !== undefined) running.update(chunk);
      else if (first === undefined && chunk.length <= mostAtOnce) first = chunk;
      else
        running = createHash(algorithm)
          .update(first ?? nothing)
          .update(chunk);
    },
    digest: () => running?.digest("hex") ?? hash(algorithm, first ?? nothing),
  };
};
