import { existsSync } from "node:fs";
import { type Hashes, isProjectName, isSpecifier, normalizeName, type Rule, readHash } from "@larder/formats";
import { ConfigFault, isTable, type Place, readSettings, type Said } from "@larder/server";
import type { PolicyConfig } from "./config.ts";
import { policySettings, ruleSettings } from "./config-settings.ts";

const lists = ["exempt", "block", "allow"] as const;

/** Withholds nothing. */
export const noPolicy: PolicyConfig = { exempt: [], block: [], allow: [], hidePreReleases: false, onlyBinary: false };

/**
 * The policy of an index from a table of a configuration: `[mount.policy]`.
 * @param said the table; undefined = there is none
 * @param place of the table's keys
 * @param folder what relative paths start from
 * @throws {ConfigFault} for what is none of its kind, or could never be true
 */
export function readPolicy(said: unknown, place: Place, folder: string): PolicyConfig | undefined {
  if (said === undefined) return undefined;
  if (!isTable(said)) throw new ConfigFault(`${place("policy")}: a policy is a table, under a line [mount.policy]`);
  const within: Place = (key) => place(`policy.${key}`);
  const { exempt, block, allow, ...rest } = said;
  const read = readSettings(policySettings, rest, within, folder);
  const rules = { exempt, block, allow };
  const [exempted, blocked, allowed] = lists.map((list) => readRules(rules[list], list, within, folder));
  return {
    ...(read["minimum-age"] !== undefined && { minimumAge: read["minimum-age"] }),
    ...(read["line-in-the-sand"] !== undefined && { lineInTheSand: read["line-in-the-sand"] }),
    exempt: exempted!,
    block: blocked!,
    allow: allowed!,
    hidePreReleases: read["hide-pre-releases"] ?? false,
    onlyBinary: read["only-binary"] ?? false,
    ...(read.advisories !== undefined && { advisories: existing(read.advisories, within("advisories")) }),
  };
}

function existing(path: string, place: string): string {
  if (!existsSync(path)) throw new ConfigFault(`${place}: there is no file or folder ${path}`);
  return path;
}

function readRules(said: unknown, list: string, place: Place, folder: string): Rule[] {
  if (said === undefined) return [];
  if (!Array.isArray(said) || !said.every(isTable))
    throw new ConfigFault(`${place(list)}: rules are written as tables, each under a line [[mount.policy.${list}]]`);
  return said.map((rule, number) => {
    const within: Place = (key) => place(`${list}[${number}]${key === "" ? "" : `.${key}`}`);
    const read = readSettings(ruleSettings, rule, within, folder);
    if (list === "exempt" && read.licence !== undefined)
      throw new ConfigFault(`${within("licence")}: a licence exempts nothing from the minimum age; name the projects`);
    return readRule(read, within);
  });
}

function readRule(said: Said<typeof ruleSettings>, place: Place): Rule {
  const { name, specifier, licence, hash, until, because } = said;
  const before = said["uploaded-before"];
  const after = said["uploaded-after"];
  if ([name, specifier, licence, hash, before, after].every((said) => said === undefined))
    throw new ConfigFault(`${place("")}: the rule says nothing of a file; for all of them say name = "*"`);
  for (const pattern of name ?? [])
    if (!isProjectName(pattern.replaceAll("*", "x")))
      throw new ConfigFault(`${place("name")}: no project can have the name ${JSON.stringify(pattern)} (PEP 508)`);
  if (specifier !== undefined && !isSpecifier(specifier))
    throw new ConfigFault(
      `${place("specifier")}: expected a version specifier (PEP 440) such as ">=2, <3", not ${JSON.stringify(specifier)}`,
    );
  return {
    ...(name !== undefined && { names: name.map(normalizeName) }),
    ...(specifier !== undefined && { specifier }),
    ...(licence !== undefined && { licences: licence }),
    ...(hash !== undefined && { hash: hashOf(hash, place) }),
    ...(before !== undefined && { uploadedBefore: before }),
    ...(after !== undefined && { uploadedAfter: after }),
    ...(until !== undefined && { until }),
    ...(because !== undefined && { because }),
  };
}

function hashOf(text: string, place: Place): Hashes {
  const [, algorithm = "", hex] = /^(\w+)[:=](\w+)$/.exec(text) ?? [];
  const hash = readHash(algorithm, hex);
  if (hash === undefined)
    throw new ConfigFault(
      `${place("hash")}: expected algorithm and digest, such as "sha256:…", not ${JSON.stringify(text)}`,
    );
  return { [hash[0]]: hash[1] };
}
