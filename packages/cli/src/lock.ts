import { type LockUrl, type ReachedMount, rewritesOf, rewriteText, toMount, toUpstream } from "@larder/formats";
import { readConfig } from "@larder/gateway";
import { ConfigFault } from "@larder/server";
import type { Command } from "commander";
import { mountUrl, usualIndex } from "./gateway-url.ts";
import { linkedFiles } from "./linked-files.ts";
import { readLockFile } from "./read-lock-file.ts";
import { replaceFile } from "./replace-file.ts";

const more = `
FILE is a uv.lock, a pylock.toml or pylock.NAME.toml (PEP 751), a poetry.lock, or a NAME.txt of requirements. Only URLs
are changed, all else stays as it is; without --write the result goes to standard output. What is done, and which URLs
stay, is told on standard error.

A requirement that names a file by its URL is led through the gateway when the index links that file; the gateway is
asked, it must be running for that.

Example:
  larder lock rewrite uv.lock --to ${usualIndex} --upstream https://index.example/simple/ --write
  larder lock rewrite uv.lock --to-upstream --config larder.toml > upstream/uv.lock

Exit codes:
  0  rewritten, or nothing needed to be
  1  no URL in the file is of the index that was named
  2  the command line or the file is wrong`;

interface Options {
  readonly to?: string;
  readonly toUpstream?: true;
  readonly gateway?: string;
  readonly upstream?: string;
  readonly config?: string;
  readonly write?: true;
  readonly json?: true;
}

/** `larder lock`: what is done to lock files. */
export function define(command: Command): void {
  command
    .command("rewrite <FILE>")
    .description("lead the URLs of a lock file through a gateway, or back to its upstream")
    .option("--to <URL>", "lead them through the mount that clients reach there")
    .option("--to-upstream", "lead them back to the upstream's own URLs")
    .option("--gateway <URL>", `with --to-upstream, where they led until now (default: ${usualIndex})`)
    .option(
      "--upstream <URL>",
      "the index behind the mount (default: as --config says, else as `larder gateway` finds it)",
    )
    .option("--config <FILE>", "the gateway's configuration file, which knows the index behind the mount")
    .option("--write", "change the file itself")
    .option("--json", "print what was changed as JSON instead of the text")
    .addHelpText("after", more)
    .action(rewrite);
}

async function rewrite(path: string, options: Options): Promise<void> {
  if ((options.to === undefined) === (options.toUpstream === undefined))
    throw new ConfigFault("lock rewrite: say either --to URL or --to-upstream");
  const url = mountUrl(options.to ?? options.gateway ?? usualIndex, options.to === undefined ? "--gateway" : "--to");
  const mount = { ...upstreamOf(options, url), url };
  const { text, lock } = readLockFile(path);
  const [there, back] =
    options.to === undefined
      ? [toUpstream(mount), toMount(mount, () => true)]
      : [toMount(mount, await linkedFiles(mount, lock)), toUpstream(mount)];
  const changed = rewritesOf(lock, there);
  const written = rewriteText(text, changed);
  const isThere = (one: LockUrl) => there(one) === undefined && back(one) !== undefined;
  const left = lock.urls.filter((one) => there(one) === undefined && !isThere(one)).map((one) => shown(one.url));

  if (options.write && changed.length > 0) replaceFile(path, written);
  const list = changed.map(({ url, to }) => ({ from: url, to }));
  if (options.json) print(`${JSON.stringify({ file: path, changed: list, left }, undefined, 2)}\n`);
  else if (!options.write) print(written);
  const what =
    options.to === undefined ? `${mount.url} to ${mount.upstream.href}` : `${mount.upstream.href} to ${mount.url}`;
  const lines = [
    `${path}: ${changed.length} of ${lock.urls.length} URLs led from ${what}`,
    ...[...new Set(left)].map((url) => `  stays: ${url}`),
  ];
  process.stderr.write(`${lines.join("\n")}\n`);
  if (changed.length === 0 && lock.urls.length > 0 && !lock.urls.some(isThere)) process.exitCode = 1;
}

/** Without what may be a password. */
const shown = (url: string) => url.replace(/\/\/[^/@]*@/, "//…@");

const print = (text: string) => void process.stdout.write(text);

/** The mount's prefix and what is behind it. */
function upstreamOf({ upstream, config }: Options, url: string): Pick<ReachedMount, "prefix" | "upstream"> {
  const prefix = new URL(url).pathname;
  const mounts = upstream === undefined ? [] : [`${prefix}=pypi:${upstream}`];
  const read = readConfig({
    options: {},
    mounts,
    file: upstream === undefined ? config : undefined,
    interactive: false,
    folder: process.cwd(),
  });
  const found = read.config.mounts.filter((mount) => "upstream" in mount).filter(({ format }) => format === "pypi");
  const mount = found.find((one) => one.prefix === prefix) ?? (read.indexFrom === undefined ? undefined : found[0]);
  if (mount !== undefined) return { prefix, upstream: mount.upstream };
  throw new ConfigFault(
    `${config}: no index with an upstream is mounted at ${prefix}, where ${url} leads; there is ${found.map((one) => one.prefix).join(", ") || "none"}`,
  );
}
