import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createTarPacker } from "modern-tar";
import { ArchiveFault } from "./fault.ts";

/** Where an archive is written: under another name until it is whole. */
export interface ArchiveSink {
  /** @param length octets that `chunks` will give */
  add(name: string, length: number, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Gives it its name. */
  finish(): Promise<void>;
  /** Leaves no trace. */
  abandon(): Promise<void>;
}

/**
 * Begins an archive: a tar file where the name ends so, else a folder.
 * @throws {ArchiveFault} when there is something of that name
 */
export function openSink(path: string): ArchiveSink {
  const isEmptyFolder = existsSync(path) && statSync(path).isDirectory() && readdirSync(path).length === 0;
  if (existsSync(path) && !isEmptyFolder) throw new ArchiveFault(`${path} is there already; choose another name`);
  const partial = `${path.replace(/\/+$/, "")}.partial`;
  rmSync(partial, { recursive: true, force: true });
  return path.endsWith(".tar") ? tarSink(path, partial) : folderSink(path, partial);
}

function folderSink(path: string, partial: string): ArchiveSink {
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  return {
    async add(name, _, chunks) {
      const file = join(partial, name);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      await pipeline(chunks, createWriteStream(file, { mode: 0o600, flags: "wx", flush: true }));
    },
    finish: async () => renameSync(partial, path),
    abandon: async () => rmSync(partial, { recursive: true, force: true }),
  };
}

function tarSink(path: string, partial: string): ArchiveSink {
  const { readable, controller } = createTarPacker();
  const file = createWriteStream(partial, { mode: 0o600, flush: true });
  const written = pipeline(Readable.fromWeb(readable), file);
  // a disk that is full is told to whoever waits then
  written.catch(() => undefined);
  const made = new Date();
  return {
    async add(name, size, chunks) {
      const writer = controller.add({ name, size, mtime: made, mode: 0o600 }).getWriter();
      for await (const chunk of chunks) await Promise.race([writer.write(chunk), written]);
      await Promise.race([writer.close(), written]);
    },
    async finish() {
      controller.finalize();
      await written;
      renameSync(partial, path);
    },
    async abandon() {
      controller.error(new Error("abandoned"));
      if (!file.closed) {
        file.destroy();
        await once(file, "close");
      }
      rmSync(partial, { force: true });
    },
  };
}
