import { readAdminToken, readConfig } from "@larder/gateway";
import { type Address, ConfigFault, isFault, kinds, showAddress } from "@larder/server";
import { type Command, Option } from "commander";
import { detailOf } from "./ask-gateway.ts";
import { exit, exitCodes } from "./exit.ts";

const more = `
URL is what clients ask the gateway for, or its path, or a URL of the upstream's. The gateway must listen for operators
(--admin) and have a token (admin-token-env, admin-token-file); both are found in its configuration file, or said here.

Examples:
  larder purge --config larder.toml /pypi/simple/demo/
  LARDER_ADMIN_TOKEN=... larder purge --admin 127.0.0.1:9100 --soft --group release-42

${exitCodes}`;

interface Options {
  readonly prefix?: string;
  readonly group?: string;
  readonly mount?: string;
  readonly soft?: true;
  readonly json?: true;
  readonly admin?: string;
  readonly tokenEnv?: string;
  readonly tokenFile?: string;
  readonly config?: string;
}

/** `larder purge`: an order to a running gateway over its admin listener. */
export function define(command: Command): void {
  command
    .argument("[URL]", "purge what is stored for this URL, all variants of it")
    .option("--prefix <URL>", "purge what is stored for all URLs that begin so")
    .option("--group <NAME>", "purge what is in this group (Cache-Groups, RFC 9875); with --mount, of that mount alone")
    .option("--mount <PREFIX>", "purge all of a mount")
    .option("--soft", "don't remove it: let it be validated before it is used again")
    .addOption(new Option("--admin <HOST:PORT>", "where the gateway listens for operators").env("LARDER_ADMIN"))
    .option("--token-env <NAME>", "the environment variable with the admin token (default: LARDER_ADMIN_TOKEN)")
    .option("--token-file <FILE>", "a file with the admin token")
    .option("--config <FILE>", "the gateway's configuration file, for its admin address and token")
    .option("--json", "print the result as JSON")
    .addHelpText("after", more)
    .action(async (url: string | undefined, options: Options) => {
      const { prefix, group, mount } = options;
      const order = { ...(url !== undefined && { url }), ...(prefix && { prefix }), ...(group && { group }) };
      const what = { ...order, ...(mount && { mount }) };
      const count = Object.keys(what).length;
      if (count !== 1 && !(count === 2 && group && mount))
        throw new ConfigFault("name one of URL, --prefix, --group and --mount; only --group and --mount go together");
      const { address, token } = gatewayOf(options);
      await send(address, token, { ...what, mode: options.soft ? "soft" : "hard" }, options.json ?? false);
    });
}

/** @throws {ConfigFault} for what is missing */
function gatewayOf(options: Options): { readonly address: Address; readonly token: string } {
  const { config } = options.config === undefined ? {} : readConfigFile(options.config);
  const given = options.admin === undefined ? config?.admin : kinds.address.read(options.admin, "");
  if (given === undefined) throw new ConfigFault("--admin: say where the gateway listens for operators, HOST:PORT");
  if (isFault(given)) throw new ConfigFault(`--admin: ${given.fault}`);
  const isSaid = options.tokenEnv !== undefined || options.tokenFile !== undefined;
  const token = isSaid
    ? readAdminToken(options.tokenEnv, options.tokenFile, process.env)
    : (config?.adminToken ?? readAdminToken(undefined, undefined, process.env));
  if (token === undefined)
    throw new ConfigFault("--token-file: say where the admin token is, or set LARDER_ADMIN_TOKEN to it");
  return { address: given, token };
}

const readConfigFile = (file: string) =>
  readConfig({ options: {}, mounts: [], file, interactive: false, folder: process.cwd() });

async function send(address: Address, token: string, order: object, asJson: boolean): Promise<void> {
  let response: Response;
  try {
    response = await fetch(`http://${showAddress(address)}/-/purge`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(order),
    });
  } catch (error) {
    const { cause, message } = error as Error;
    exit(
      "failed",
      `no gateway answers at ${showAddress(address)}: ${cause instanceof Error ? cause.message : message}`,
    );
  }
  const text = await response.text();
  if (response.status !== 200) exit(response.status === 400 ? "usage" : "failed", detailOf(response, text));
  const told = JSON.parse(text) as { mode: string; responses: number };
  const what = told.mode === "soft" ? "must be validated before they are used again" : "removed";
  process.stdout.write(asJson ? `${JSON.stringify(told)}\n` : `${told.responses} responses ${what}\n`);
}
