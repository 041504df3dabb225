/** Why the command ends, other than because all is well. */
const codes = { failed: 1, usage: 2 } as const;

/** For the help. */
export const exitCodes = `Exit codes:
  0  it did what it was told; a server: it was told to stop, and did
  1  it can't run: the address or the data folder is in use, or something failed
  2  the command line or the configuration is wrong`;

/** Ends the process with one line that says why. */
export function exit(why: keyof typeof codes, line: string): never {
  process.stderr.write(`larder: ${line}\n`);
  process.exit(codes[why]);
}

/** An error of starting up in one line, with the cure where there is one. */
export function explain(error: unknown): string {
  const { code, name, message, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  switch (code) {
    case "EADDRINUSE":
      return `${address}:${port} is in use; stop what listens there or choose another with --listen HOST:PORT`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${address ?? "the address"} is not one of this machine; choose another with --listen HOST:PORT`;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `not allowed: ${message}; choose another --data folder, or a port from 1024 on`;
    default:
      return name === "Error" || name === "TypeError" ? ((error as Error).stack ?? message) : message;
  }
}
