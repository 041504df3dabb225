import { ConfigFault, type Place, type Settings } from "@larder/server";
import { mountSettings } from "./config-settings.ts";
import type { Mount } from "./mount.ts";
import { group } from "./mounts/group.ts";
import { hosted } from "./mounts/hosted.ts";
import { http } from "./mounts/http.ts";
import type { MountContext, MountKind } from "./mounts/kind.ts";
import { pypi } from "./mounts/pypi.ts";

/** What a mount can be, by the `format` that a configuration says; a new kind is a file, and its name in this table. */
const table = { pypi, http, hosted, group };

/** A configured mount of any kind. */
export type MountConfig = Parameters<(typeof table)[keyof typeof table]["create"]>[0];

/** The kinds of mounts by their name. */
const mountKinds: Readonly<Record<string, MountKind<MountConfig>>> = table;

/** What may stand under a `[[mount]]`, whatever its kind. */
export const allMountSettings: Settings = Object.assign(
  {},
  mountSettings,
  ...Object.values(mountKinds).map(({ settings }) => settings),
);

/** A configured mount as the start of the log has it: what is there, without secrets, and whether it is an index. */
export function describeMount(config: MountConfig): { readonly text: string; readonly isIndex: boolean } {
  const { describe, isIndex } = mountKinds[config.format]!;
  return { text: describe(config), isIndex };
}

/** Checks what a mount has to do with the others. @throws {ConfigFault} */
export function checkMount(config: MountConfig, mounts: readonly MountConfig[], place: Place): void {
  const others = mounts.map(({ prefix, format }) => ({ prefix, format, isIndex: mountKinds[format]!.isIndex }));
  mountKinds[config.format]!.check?.(config, others, place);
}

/** Whether what a mount holds can't be fetched again. */
export const isPrecious = ({ format }: MountConfig): boolean => mountKinds[format]!.isPrecious === true;

/** Makes a configured mount ready. */
export const createMount = (config: MountConfig, context: MountContext): Mount =>
  mountKinds[config.format]!.create(config, context);

/** @throws {ConfigFault} when there is no such kind of mount */
export function kindNamed(format: string | undefined, place: Place): MountKind<MountConfig> {
  if (format !== undefined && Object.hasOwn(mountKinds, format)) return mountKinds[format]!;
  const not = format === undefined ? "" : `, not ${JSON.stringify(format)}`;
  throw new ConfigFault(`${place("format")}: expected one of ${Object.keys(mountKinds).join(", ")}${not}`);
}
