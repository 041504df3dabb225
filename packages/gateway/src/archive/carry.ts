import type { GatewayConfig } from "../config.ts";
import { type Exported, exportMount, type OnStep } from "./export-mount.ts";
import { type Imported, importMount } from "./import-mount.ts";
import { withData } from "./open-data.ts";
import { openSource } from "./source.ts";
import { verifyArchive } from "./verify.ts";

/** Who watches an archive being made or used. */
export interface Watcher {
  readonly onStep: OnStep;
  /** told of what the store got over */
  readonly onFault: (message: string) => void;
}

/**
 * Writes what a mount keeps into an archive, for a place without a network; its gateway must not run meanwhile.
 * @param prefix of the mount
 * @param path of a folder to be made, or of a tar file where it ends with `.tar`
 * @throws {ConfigFault} {ArchiveFault} {StoreInUse} with a sentence for people
 */
export const exportArchive = (
  config: GatewayConfig,
  prefix: string,
  path: string,
  { onStep, onFault }: Watcher,
): Promise<Exported> => withData(config, prefix, onFault, (data) => exportMount(data, path, onStep));

/**
 * Puts what an archive holds into a mount, all of it or nothing; its gateway must not run meanwhile.
 * @param prefix of the mount; undefined = the one that it was exported from
 * @throws {ConfigFault} {ArchiveFault} {StoreInUse} with a sentence for people
 */
export async function importArchive(
  config: GatewayConfig,
  prefix: string | undefined,
  path: string,
  { onStep, onFault }: Watcher,
): Promise<Imported> {
  const source = openSource(path);
  const manifest = await verifyArchive(source);
  return withData(config, prefix ?? manifest.prefix, onFault, (data) =>
    importMount(data, source, manifest, config.maxBytes, onStep),
  );
}
