import { isProjectName, normalizeName } from "@larder/formats";
import type { PolicyAnswer } from "@larder/gateway";
import { ConfigFault } from "@larder/server";
import type { Command } from "commander";
import { askGateway } from "./ask-gateway.ts";
import { exit } from "./exit.ts";
import { mountUrl, usualIndex } from "./gateway-url.ts";

const more = `
The running gateway is asked, so the answer is what a client would get now. Policies belong to the mounts of upstream
indexes: ask such a mount, not a group that it is in.

Example:
  larder policy explain requests==2.99.0
  larder policy explain requests --gateway http://larder.example/pypi/simple/ --json

Exit codes:
  0  everything is offered
  1  it can't be told: the gateway or its index doesn't answer, or has no such project or version
  2  the command line is wrong
  3  some or all of it is withheld`;

interface Options {
  readonly gateway: string;
  readonly json?: true;
}

/** `larder policy`: questions about what an index's policy withholds. */
export function define(command: Command): void {
  command
    .command("explain <NAME[==VERSION]>")
    .description("tell which files of a project are offered, which are withheld, why, and until when")
    .option("--gateway <URL>", "the mount, or its index as clients are given it", usualIndex)
    .option("--json", "print the gateway's answer as JSON")
    .addHelpText("after", more)
    .action(async (wanted: string, options: Options) => {
      const [, name = "", version] = /^\s*([^\s=]+?)\s*(?:==\s*(\S+)\s*)?$/.exec(wanted) ?? [];
      if (!isProjectName(name))
        throw new ConfigFault(
          `${JSON.stringify(wanted)}: expected NAME or NAME==VERSION, for example requests==2.99.0`,
        );
      const mount = mountUrl(options.gateway, "--gateway");
      const query = version === undefined ? "" : `?version=${encodeURIComponent(version)}`;
      const asked = await askGateway(`${mount}policy/${normalizeName(name)}/${query}`, "application/json");
      if ("fault" in asked) exit("failed", asked.fault);
      const answer = JSON.parse(asked.text) as PolicyAnswer;
      if (answer.files.length === 0) exit("failed", `the index at ${mount} has no files of ${wanted}`);
      process.stdout.write(options.json ? asked.text : inWords(answer));
      if (answer.files.some(({ offered }) => !offered)) process.exitCode = 3;
    });
}

function inWords({ prefix, policy, files }: PolicyAnswer): string {
  const lines = policy ? [] : [`${prefix} has no policy: it offers everything`];
  for (const { filename, offered, unread, says, until } of files) {
    const end = until !== undefined ? ` until ${until}` : unread ? " if its licence, not read yet, is a right one" : "";
    lines.push(
      `${offered ? "offered " : "withheld"}  ${filename}${end}`,
      ...(says === undefined ? [] : [`          ${says}`]),
    );
  }
  return lines.map((line) => `${line}\n`).join("");
}
