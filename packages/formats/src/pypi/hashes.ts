/** Digests in lower-case hexadecimal by algorithm, as `hashlib` names them (PEP 691). */
export type Hashes = Readonly<Record<string, string>>;

/** Algorithms from strongest to weakest: hashlib's name, node:crypto's, and the digest's length in hexadecimal. */
const known: readonly (readonly [name: string, crypto: string, length: number])[] = [
  ["sha512", "sha512", 128],
  ["sha3_512", "sha3-512", 128],
  ["blake2b", "blake2b512", 128],
  ["sha384", "sha384", 96],
  ["sha3_384", "sha3-384", 96],
  ["sha256", "sha256", 64],
  ["sha3_256", "sha3-256", 64],
  ["blake2s", "blake2s256", 64],
  ["sha224", "sha224", 56],
  ["sha3_224", "sha3-224", 56],
  ["sha1", "sha1", 40],
  ["md5", "md5", 32],
];
const lengths = new Map(known.map(([name, , length]) => [name, length]));
const hexadecimal = /^[0-9a-f]+$/;

/**
 * One hash, if it can be one: a digest of the wrong length for its algorithm would refuse every file.
 * @returns name and digest in lower case
 */
export function readHash(name: string, value: unknown): readonly [string, string] | undefined {
  if (typeof value !== "string" || !/^[a-z0-9][a-z0-9_-]*$/i.test(name)) return undefined;
  const algorithm = name.toLowerCase();
  const hex = value.toLowerCase();
  if (!hexadecimal.test(hex)) return undefined;
  const length = lengths.get(algorithm);
  return length === undefined || length === hex.length ? [algorithm, hex] : undefined;
}

/** The strongest hash that can be checked here, for a cache's expectation. */
export function strongestHash(hashes: Hashes): { readonly algorithm: string; readonly hex: string } | undefined {
  for (const [name, algorithm] of known) {
    const hex = hashes[name];
    if (hex !== undefined) return { algorithm, hex };
  }
  return undefined;
}

/** Whether hashes of two files say that their content is the same: they have one in common, and none differs. */
export function isSameContent(one: Hashes, other: Hashes): boolean {
  const common = Object.keys(one).filter((name) => other[name] !== undefined);
  return common.length > 0 && common.every((name) => one[name] === other[name]);
}

/** What pip and uv both check first, for the one hash that HTML has room for (PEP 503). */
const inHtml = ["sha256", "sha512", "sha384", "sha224", "blake2b", "sha1", "md5"];

/** The one hash for a link's fragment or an attribute: `sha256=…`; undefined when there is none that clients know. */
export function htmlHash(hashes: Hashes): string | undefined {
  const name = inHtml.find((algorithm) => hashes[algorithm] !== undefined);
  return name === undefined ? undefined : `${name}=${hashes[name]}`;
}
