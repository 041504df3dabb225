import type { Command } from "commander";

/** One command of `larder`; its file is only read when it is the one that is asked for. */
export interface CommandEntry {
  readonly name: string;
  /** one line, for the help */
  readonly summary: string;
  /** `define` gives the command its options and its action */
  readonly load: () => Promise<{ readonly define: (command: Command) => void }>;
}

/** All of them. To add one, write its file and its line here. */
export const commands: readonly CommandEntry[] = [
  {
    name: "gateway",
    summary: "run a correct cache in front of a package index or any HTTP site",
    load: () => import("./gateway.ts"),
  },
  {
    name: "placement",
    summary: "run the OpenStack Placement API, 1.0 to 1.39, with validators",
    load: () => import("./placement.ts"),
  },
  {
    name: "purge",
    summary: "tell a running gateway what to forget, or to validate before it is used again",
    load: () => import("./purge.ts"),
  },
  {
    name: "cache",
    summary: "look into a store of @larder/client: ls, show, rm, verify",
    load: () => import("./cache.ts"),
  },
  {
    name: "lock",
    summary: "lead the URLs of a lock file through a gateway, or back",
    load: () => import("./lock.ts"),
  },
  {
    name: "use",
    summary: "set up uv, pip, poetry or pdm for a gateway",
    load: () => import("./use.ts"),
  },
  {
    name: "warm",
    summary: "have a gateway fetch all that lock files name",
    load: () => import("./warm.ts"),
  },
  {
    name: "policy",
    summary: "tell what an index's policy makes of a project or a version, and why",
    load: () => import("./policy.ts"),
  },
  {
    name: "token",
    summary: "make, list and revoke the tokens of hosted mounts",
    load: () => import("./token.ts"),
  },
  {
    name: "hosted",
    summary: "look at the packages of hosted mounts; yank, unyank, delete them",
    load: () => import("./hosted.ts"),
  },
  {
    name: "export",
    summary: "write what a mount keeps into an archive, for a place without a network",
    load: () => import("./export.ts"),
  },
  {
    name: "import",
    summary: "fill a mount with what larder export made",
    load: () => import("./import.ts"),
  },
];
