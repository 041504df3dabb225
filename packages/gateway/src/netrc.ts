/** A login that a netrc file holds. */
export interface NetrcLogin {
  readonly username: string;
  readonly password: string;
}

/**
 * Looks a host up in the text of a netrc file, as curl, uv and pip do: its `machine`, else `default`.
 * @param host without port
 */
export function findNetrc(source: string, host: string): NetrcLogin | undefined {
  // macdef takes lines up to an empty one: commands for ftp, nothing of ours
  const words = source.replace(/^\s*macdef\b[\s\S]*?(?:\n\s*\n|$)/gm, "").match(/"[^"]*"|\S+/g) ?? [];
  let current: string | undefined;
  const logins = new Map<string, { username: string; password: string }>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "default") current = "";
    else if (word === "machine") current = unquote(words[++i]);
    else if (current !== undefined && (word === "login" || word === "password" || word === "account")) {
      const login = logins.get(current) ?? { username: "", password: "" };
      const value = unquote(words[++i]);
      if (word === "login") login.username = value;
      else if (word === "password") login.password = value;
      logins.set(current, login);
    }
  }
  return logins.get(host) ?? logins.get("");
}

const unquote = (word = ""): string => (word.startsWith('"') ? word.slice(1, -1) : word);
