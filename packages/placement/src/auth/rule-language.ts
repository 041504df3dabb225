/**
 * The rule language of policy files (oslo.policy): `role:admin and (project_id:%(project_id)s or rule:other)`,
 * `not`, `@` (all), `!` (none). A rule is read once and becomes a function.
 */
import type { Identity } from "./identity.ts";

/** What a request is about, by name; what `%(name)s` in a rule stands for. */
export type Target = Readonly<Record<string, string | undefined>>;

/** @param rule asks another rule by name; an unknown one is false */
export type Check = (identity: Identity, target: Target, rule: (name: string) => boolean) => boolean;

/** @throws {Error} with a sentence about what is wrong in the text */
export function parseRule(text: string): Check {
  if (text.trim() === "") return () => true;
  const tokens = text.match(/\(|\)|(?:%\([^()\s]*\)s|'[^']*'|"[^"]*"|[^\s()'"%]|%)+/g) ?? [];
  let at = 0;
  const take = (token: string): boolean => {
    if (tokens[at]?.toLowerCase() !== token) return false;
    at++;
    return true;
  };
  const either = (): Check => {
    const parts = [both()];
    while (take("or")) parts.push(both());
    return parts.length === 1 ? parts[0]! : (...args) => parts.some((part) => part(...args));
  };
  const both = (): Check => {
    const parts = [unary()];
    while (take("and")) parts.push(unary());
    return parts.length === 1 ? parts[0]! : (...args) => parts.every((part) => part(...args));
  };
  const unary = (): Check => {
    if (take("not")) {
      const inner = unary();
      return (...args) => !inner(...args);
    }
    if (take("(")) {
      const inner = either();
      if (!take(")")) throw new Error(`a parenthesis is not closed in the rule ${JSON.stringify(text)}`);
      return inner;
    }
    const token = tokens[at++];
    if (token === undefined) throw new Error(`the rule ${JSON.stringify(text)} ends where a check should stand`);
    return parseCheck(token, text);
  };
  const check = either();
  if (at < tokens.length)
    throw new Error(`there is something after the end of the rule ${JSON.stringify(text)}: ${tokens[at]}`);
  return check;
}

function parseCheck(token: string, text: string): Check {
  if (token === "@") return () => true;
  if (token === "!") return () => false;
  const colon = token.indexOf(":");
  if (colon < 0) throw new Error(`${token} is no check in the rule ${JSON.stringify(text)}: write kind:value`);
  const kind = token.slice(0, colon);
  const value = token.slice(colon + 1);
  if (kind === "http" || kind === "https")
    throw new Error(`checks that ask another server are not supported: ${token} in the rule ${JSON.stringify(text)}`);
  if (kind === "rule") return (_identity, _target, rule) => rule(value);
  const expected = template(value);
  if (kind === "role")
    return ({ roles }, target) => {
      const role = expected(target)?.toLowerCase();
      return role !== undefined && roles.some((own) => own.trim().toLowerCase() === role);
    };
  const actual = attribute(kind);
  return (identity, target) => {
    const wanted = expected(target);
    return wanted !== undefined && actual(identity) === wanted;
  };
}

/** Text in which `%(name)s` stands for what the target has; undefined when it has none. */
function template(text: string): (target: Target) => string | undefined {
  const names = Array.from(text.matchAll(/%\(([^)]*)\)s/g), ([, name]) => name!);
  if (names.length === 0) return () => text;
  return (target) => {
    if (names.some((name) => target[name] === undefined)) return undefined;
    return text.replace(/%\(([^)]*)\)s/g, (_, name: string) => target[name]!);
  };
}

/** The left side of a comparison: a literal, or an attribute of whoever asks. */
function attribute(kind: string): (identity: Identity) => string | undefined {
  const literal = /^(?:'([^']*)'|"([^"]*)"|(True|False|None|[0-9]+))$/.exec(kind);
  if (literal !== null) return () => literal[1] ?? literal[2] ?? literal[3];
  if (kind === "user_id" || kind === "user") return ({ user }) => user;
  if (kind === "project_id" || kind === "tenant") return ({ project }) => project;
  if (kind === "system_scope") return ({ systemScope }) => (systemScope ? "all" : undefined);
  return ({ attributes }) => attributes?.[kind];
}
