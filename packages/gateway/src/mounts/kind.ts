import type { Place, Settings } from "@larder/server";
import type { SaidShared } from "../config-settings.ts";
import type { Mount } from "../mount.ts";

/** What every configured mount has. */
interface AnyMountConfig {
  /** path under which clients reach it: begins and ends with "/", e.g. "/pypi/" */
  readonly prefix: string;
  /** names its kind */
  readonly format: string;
}

/** What was said about one mount. */
export interface SaidMount {
  readonly prefix: string;
  /** by the keys of the kind's settings, as a file or a command line has it */
  readonly said: Readonly<Record<string, unknown>>;
  /** what holds for all mounts that don't say otherwise */
  readonly unlessSaid: SaidShared;
  /** what holds for all mounts, whatever they say: the command line's options */
  readonly always: SaidShared;
  readonly place: Place;
  /** what relative paths start from */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** What a mount may know of the others when its configuration is checked. */
export interface OtherMount extends AnyMountConfig {
  readonly isIndex: boolean;
}

/** What the gateway gives to the mounts that it makes ready. */
export interface MountContext {
  /** the folder that keeps what must outlive a restart, an absolute path */
  readonly data: string;
  readonly now: () => number;
  /** for the log */
  tell(what: string): void;
  /** something went wrong that no answer shows: for the log */
  fault(what: string, error: unknown): void;
}

/** A kind of mount: how its configuration is read, and how it is made ready. */
export interface MountKind<C extends AnyMountConfig> {
  /** what may stand under its `[[mount]]`, besides `prefix`, `format` and what all mounts share, for the help */
  readonly settings: Settings;
  /** whether clients use it as a Python index */
  readonly isIndex: boolean;
  /** whether the data folder has what is nowhere else: then somebody must have named that folder */
  readonly isPrecious?: true;
  /** The settings that `--mount PREFIX=FORMAT:WHAT` says with its WHAT. */
  fromText(what: string): Readonly<Record<string, unknown>>;
  /**
   * Its configuration, every default filled in.
   * @throws {ConfigFault} for what is missing or does not fit together
   */
  read(said: SaidMount): C;
  /**
   * Checks what depends on the other mounts.
   * @param mounts all there are, itself included
   * @throws {ConfigFault}
   */
  check?(config: C, mounts: readonly OtherMount[], place: Place): void;
  create(config: C, context: MountContext): Mount;
  /** what is there, for people who look at the start of the log: `pypi at https://index.example/simple/` */
  describe(config: C): string;
}
