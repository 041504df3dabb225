// must be loaded first: @peculiar/x509 looks for it
import "reflect-metadata/lite";
import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { Certificate } from "./tls.ts";

/** From when to when a certificate counts. */
interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** ECDSA with P-256, which every client understands. */
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

cryptoProvider.set(globalThis.crypto);

const newKeys = () => crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

/** Positive, with 127 bits of chance (RFC 5280 §4.1.2.2). */
function serialNumber(): string {
  const octets = randomBytes(16);
  octets[0]! &= 0x7f;
  return octets.toString("hex");
}

async function pem(certificate: X509Certificate, key: CryptoKey): Promise<Certificate> {
  const octets = await crypto.subtle.exportKey("pkcs8", key);
  return { cert: `${certificate.toString("pem")}\n`, key: `${PemConverter.encode(octets, "PRIVATE KEY")}\n` };
}

/** A new authority that can sign certificates of servers, and nothing else below itself (RFC 5280 §4.2.1). */
export async function makeAuthority(validity: Validity): Promise<Certificate> {
  const keys = await newKeys();
  const id = serialNumber();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: id,
    // told apart from one made before it
    name: `CN=Larder authority ${id.slice(0, 8)}`,
    ...validity,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pem(certificate, keys.privateKey);
}

/** A certificate for a server with these host names and IP addresses, signed by that authority. */
export async function makeServer(
  authority: Certificate,
  names: readonly string[],
  validity: Validity,
): Promise<Certificate> {
  const keys = await newKeys();
  const issuer = new X509Certificate(authority.cert);
  const octets = PemConverter.decodeFirst(authority.key);
  const signingKey = await crypto.subtle.importKey("pkcs8", octets, algorithm, false, ["sign"]);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: "CN=Larder",
    issuer: issuer.subject,
    ...validity,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value })),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return pem(certificate, keys.privateKey);
}
