import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Timestamp } from "@larder/core";
import { type Certificate, ConfigFault, certificateFault, ownCertificate } from "@larder/server";
import type { TlsConfig } from "./config.ts";

/** The certificate that clients are shown. */
export interface Tls {
  readonly certificate: Certificate;
  /** path of the certificate that clients have to trust, where Larder is its own authority */
  readonly authority: string | undefined;
  /** The certificate that is to be shown from now on, where it is another one than before. */
  look(): Promise<Certificate | undefined>;
}

/**
 * The certificate of a gateway: its own, which is made where it is needed, or that of two files.
 * @param folder of its own certificate
 * @param fault told why files that were changed can't be used; the certificate before them holds
 * @throws {ConfigFault} when the files can't be used at the start
 */
export async function openTls(
  config: TlsConfig,
  folder: string,
  now: () => Timestamp,
  fault: (what: string, error: unknown) => void,
): Promise<Tls> {
  const read = (): Promise<Certificate> =>
    config.type === "own" ? ownCertificate(folder, config.names, now()) : readPair(config);
  let certificate = await read();
  return {
    certificate,
    authority: config.type === "own" ? join(folder, "ca.pem") : undefined,
    async look() {
      try {
        const found = await read();
        if (found.cert === certificate.cert && found.key === certificate.key) return undefined;
        certificate = found;
        return found;
      } catch (error) {
        fault("taking another certificate; the one before holds", error);
        return undefined;
      }
    },
  };
}

async function readPair(paths: { readonly cert: string; readonly key: string }): Promise<Certificate> {
  const [cert, key] = await Promise.all([readPem("tls-cert", paths.cert), readPem("tls-key", paths.key)]);
  const wrong = certificateFault({ cert, key });
  if (wrong !== undefined) {
    throw new ConfigFault(`tls-cert ${paths.cert} and tls-key ${paths.key} can't be used together: ${wrong}`);
  }
  return { cert, key };
}

async function readPem(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new ConfigFault(`${setting}: ${path} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
