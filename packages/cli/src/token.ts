import { type Right, rights, type Token } from "@larder/gateway";
import { ConfigFault } from "@larder/server";
import { type Command, Option } from "commander";
import { exitCodes } from "./exit.ts";
import { addHostedCommand, type HostedOptions, prefixOf, withHosted } from "./hosted-folder.ts";
import { repeated } from "./options.ts";
import { print, printTable } from "./print.ts";

const more = `
A token is the password of the user __token__ for uv, pip and twine. Only a hash of it is stored: it is shown once.
The gateway may be running; it knows of the change from its next request on.

Examples:
  larder token create --data /srv/larder --mount /private/ --may upload --project 'acme-*' --days 90 --note "CI of acme"
  larder token list --data /srv/larder
  larder token revoke --data /srv/larder 0a1b2c3d4e5f

${exitCodes}`;

interface CreateOptions extends Omit<HostedOptions, "mount"> {
  readonly mount: readonly string[];
  readonly may: Right;
  readonly project?: readonly string[];
  readonly days?: string;
  readonly note: string;
}

/** `larder token`: makes, lists and revokes the tokens of hosted mounts. */
export function define(command: Command): void {
  command.addHelpText("after", more);
  const add = (name: string, help: string) => addHostedCommand(command, name, help);
  add("create", "make a token and print it")
    .requiredOption("--mount <PREFIX>", "the hosted mount that it is for; may be repeated", repeated)
    .addOption(
      new Option("--may <RIGHT>", "what it is good for; each includes those before it").choices(rights).default("read"),
    )
    .option(
      "--project <PATTERN>",
      "only for projects of this name, * for any text; may be repeated (default: all)",
      repeated,
    )
    .option("--days <NUMBER>", "how long it is good (default: until it is revoked)")
    .option("--note <TEXT>", "whose it is, or what for", "")
    .action(create);
  add("list", "list all tokens: id, mount, right, projects, end, note").action(list);
  add("revoke", "make tokens worth nothing, by their id").argument("<ID...>").action(revoke);
}

function create({ data, mount, may, project = ["*"], days, note, json }: CreateOptions): void {
  const now = Date.now();
  const given = { spaces: mount.map(prefixOf), projects: project, may, note };
  const expires = days === undefined ? {} : { expires: now + readDays(days) * 86_400_000 };
  const text = withHosted(data, true, ({ tokens }) => tokens.create({ ...given, ...expires }, now));
  print(json ? JSON.stringify({ token: text, ...given, ...expires }) : text);
}

function readDays(text: string): number {
  const days = Number(text);
  if (!(days > 0 && days < 36_500))
    throw new ConfigFault(`--days: expected a number of days, not ${JSON.stringify(text)}`);
  return days;
}

function list({ data, json }: HostedOptions): void {
  const now = Date.now();
  const tokens = withHosted(data, false, (hosted) => hosted.tokens.list());
  const rows = tokens.map((token) => [
    token.id,
    token.spaces.join(","),
    token.may,
    token.projects.join(","),
    end(token, now),
    token.note,
  ]);
  printTable(tokens, rows, json ?? false);
}

const day = (time: number) => new Date(time).toISOString().slice(0, 10);

function end({ expires, revoked }: Token, now: number): string {
  if (revoked !== undefined) return `revoked ${day(revoked)}`;
  if (expires === undefined) return "no end";
  return `${expires <= now ? "expired" : "until"} ${day(expires)}`;
}

function revoke(ids: readonly string[], { data, json }: HostedOptions): void {
  const results = withHosted(data, false, ({ tokens }) =>
    ids.map((id) => ({ id, revoked: tokens.revoke(id, Date.now()) })),
  );
  const rows = results.map(({ id, revoked }) => [id, revoked ? "revoked" : "no such token, or revoked before"]);
  printTable(results, rows, json ?? false);
  if (results.some(({ revoked }) => !revoked)) process.exitCode = 1;
}
