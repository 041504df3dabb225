import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import type { Certificate } from "./tls.ts";

const day = 24 * 3600 * 1000;
/** Milliseconds. The authority outlives what clients keep; a server's certificate is one that every client takes. */
const lifetime = { authority: 3650 * day, server: 397 * day };
/** A certificate that ends within so many milliseconds is made anew. */
const renewBefore = 30 * day;
/** Clocks of clients may be behind by so many milliseconds. */
const backdated = day;

/**
 * The certificate in a folder for these names; made where it isn't there, ends soon, or is for other names. The
 * authority that signs it stays the same, so that clients that trust it go on as before (RFC 5280).
 * @param folder made, for this user alone, where it isn't there; its `ca.pem` is the authority's certificate, to trust
 * @param names host names and IP addresses
 * @param now milliseconds since the epoch
 * @throws {Error} of node:fs
 */
export async function ownCertificate(folder: string, names: readonly string[], now: number): Promise<Certificate> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!stands(folder, names, now)) {
    // what makes them is big, and needed on one day of a year
    const { makeAuthority, makeServer } = await import("./make-certificate.ts");
    if (!hasPair(folder, "ca", now)) {
      write(folder, "ca", await makeAuthority(validity(now, lifetime.authority)));
    }
    write(folder, "server", await makeServer(read(folder, "ca"), names, validity(now, lifetime.server)));
  }
  return read(folder, "server");
}

const validity = (now: number, ms: number) => ({ notBefore: new Date(now - backdated), notAfter: new Date(now + ms) });

const read = (folder: string, name: string): Certificate => ({
  cert: readFileSync(join(folder, `${name}.pem`), "utf8"),
  key: readFileSync(join(folder, `${name}-key.pem`), "utf8"),
});

/** Each file whole or not at all; the key first, so that a certificate on disk has its key. */
function write(folder: string, name: string, { cert, key }: Certificate): void {
  for (const [file, text, mode] of [
    [`${name}-key.pem`, key, 0o600],
    [`${name}.pem`, cert, 0o644],
  ] as const) {
    writeFileSync(join(folder, `${file}.new`), text, { mode });
    renameSync(join(folder, `${file}.new`), join(folder, file));
  }
}

/** Whether there is a certificate with its key that counts for a while yet. */
function hasPair(folder: string, name: string, now: number): boolean {
  try {
    const { cert, key } = read(folder, name);
    const found = new X509Certificate(cert);
    return found.checkPrivateKey(createPrivateKey(key)) && now + renewBefore < found.validToDate.getTime();
  } catch {
    return false;
  }
}

/** Whether all is there, for these names, and belongs together. */
function stands(folder: string, names: readonly string[], now: number): boolean {
  if (!hasPair(folder, "ca", now) || !hasPair(folder, "server", now)) return false;
  const authority = new X509Certificate(read(folder, "ca").cert);
  const server = new X509Certificate(read(folder, "server").cert);
  const isFor = (name: string) => (isIP(name) === 0 ? server.checkHost(name) : server.checkIP(name)) !== undefined;
  return server.verify(authority.publicKey) && names.every(isFor);
}
