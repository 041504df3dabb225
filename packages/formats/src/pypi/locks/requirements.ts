import { distributionVersion } from "../file-name.ts";
import { normalizeName } from "../names.ts";
import { fileName, isHttp, type LockedElsewhere, type LockedProject, type LockResult, type LockUrl } from "./lock.ts";

/** A run of characters without white space, as pip's command line would have it. */
interface Token {
  readonly text: string;
  readonly start: number;
}

/** Lines as pip joins them: without comments, over the ends of lines that end with a backslash. */
function* logicalLines(text: string): Generator<readonly Token[]> {
  let tokens: Token[] = [];
  let at = 0;
  for (const line of text.split("\n")) {
    const said = line.replace(/(?:^|\s)#.*$/, "").trimEnd();
    for (const found of said.replace(/\\$/, " ").matchAll(/\S+/g)) {
      tokens.push({ text: found[0], start: at + found.index });
    }
    at += line.length + 1;
    if (said.endsWith("\\")) continue;
    if (tokens.length > 0) yield tokens;
    tokens = [];
  }
  if (tokens.length > 0) yield tokens;
}

const indexOption = /^(?:-i|--index-url|--extra-index-url|--pypi-url)(?:=|$|(?=["']?http))/;
const includeOption = /^(?:-r|--requirement)(?:=|$)/;
const editableOption = /^(?:-e|--editable)(?:=|$)/;

/** Reads a list of requirements as pip has it, hashes and index lines included. */
export function readRequirements(text: string): LockResult {
  const urls: LockUrl[] = [];
  const projects: LockedProject[] = [];
  const elsewhere: LockedElsewhere[] = [];
  const includes: string[] = [];
  for (const tokens of logicalLines(text)) {
    const index = optionValue(tokens, indexOption);
    const include = optionValue(tokens, includeOption);
    const editable = optionValue(tokens, editableOption);
    if (index !== undefined) {
      if (isHttp(index.url)) urls.push({ ...index, role: "index" });
    } else if (include !== undefined) includes.push(include.url);
    else if (editable !== undefined) elsewhere.push({ name: editable.url, from: "a folder or repository" });
    else if (!tokens[0]!.text.startsWith("-")) requirement(tokens, urls, projects, elsewhere);
  }
  return { lock: { urls, projects, elsewhere, includes } };
}

/** What stands behind an option, after `=` or as the next token; quotes left out. */
function optionValue(tokens: readonly Token[], option: RegExp) {
  const first = tokens[0]!;
  const name = option.exec(first.text)?.[0];
  if (name === undefined) return undefined;
  const behind = { text: first.text.slice(name.length), start: first.start + name.length };
  const { text, start } = behind.text === "" ? (tokens[1] ?? behind) : behind;
  const quote = /^["']/.test(text) ? 1 : 0;
  const url = text.slice(quote, text.length - (quote && text.endsWith(text[0]!) ? 1 : 0));
  return { start: start + quote, end: start + quote + url.length, url };
}

/** PEP 508: a name, extras, and a version specifier or a URL; then pip's own options. */
function requirement(
  tokens: readonly Token[],
  urls: LockUrl[],
  projects: LockedProject[],
  elsewhere: LockedElsewhere[],
): void {
  const options = tokens.findIndex(({ text }) => text.startsWith("--"));
  const own = options === -1 ? tokens : tokens.slice(0, options);
  const whole = own.map(({ text }) => text).join(" ");
  const name = /^([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?=$|[@;<>=!~( ])/i.exec(whole);
  const rest = name === null ? whole : whole.slice(name[0].length);
  if (name === null || rest.startsWith("@")) {
    const token = own.find(({ text }) => /(?:^|@)[a-z+]+:\/\//i.test(text));
    const url = token?.text.replace(/^[^/]*?@(?=[a-z+]+:\/\/)/i, "");
    if (token === undefined || url === undefined) {
      elsewhere.push({ name: name?.[1] ?? whole, from: "a path" });
      return;
    }
    const project = name === null ? projectOf(url) : normalizeName(name[1]!);
    const start = token.start + token.text.length - url.length;
    elsewhere.push({ name: project ?? url, from: url });
    if (isHttp(url) && project !== undefined)
      urls.push({ start, end: start + url.length, url, role: "direct", project });
    return;
  }
  const [, specifier = ""] = /^\(?([^;)]*)\)?/.exec(rest) ?? [];
  const hashes = [
    ...tokens
      .map(({ text }) => text)
      .join(" ")
      .matchAll(/--hash[= ]([a-z0-9_]+:[0-9a-f]+)/gi),
  ];
  projects.push({
    project: normalizeName(name[1]!),
    specifier: specifier.replace(/\s+/g, ""),
    files: [],
    hashes: hashes.map(([, hash]) => hash!.toLowerCase()),
  });
}

/** The project that a file's name says: the longest beginning that leaves a version. */
function projectOf(url: string): string | undefined {
  const file = fileName(url);
  const parts = file.split("-");
  for (let count = parts.length - 1; count > 0; count--) {
    const project = normalizeName(parts.slice(0, count).join("-"));
    const version = distributionVersion(file, project);
    if (version !== undefined && /^v?\d/.test(version)) return project;
  }
  return undefined;
}
