/** Where to listen. */
export interface Address {
  readonly host: string;
  /** 0 = any free one */
  readonly port: number;
}

/**
 * Reads `HOST:PORT`, `[IPv6]:PORT` or `PORT` alone, which means the loopback address.
 * @returns the address, or what is wrong with the text
 */
export function readAddress(text: string): Address | { readonly fault: string } {
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    return { fault: "expected HOST:PORT, for example 127.0.0.1:8080 or [::1]:8080" };
  }
  return { host: match[1] ?? match[2] ?? "127.0.0.1", port };
}

/** An address as a person writes it. */
export function showAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
