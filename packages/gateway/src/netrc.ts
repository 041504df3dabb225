/** A login that a netrc file holds. */
export interface NetrcLogin {
  readonly username: string;
  readonly password: string;
}

/**
 * Looks a host up in the text of a netrc file, as uv and pip do: its last `machine`, else `default`.
 * @param host without port
 */
export function findNetrc(source: string, host: string): NetrcLogin | undefined {
  // a macro goes up to an empty line: commands for ftp, nothing of ours
  const words = source.replace(/^[ \t]*macdef\b[\s\S]*?(?:\n[ \t]*\n|(?![\s\S]))/gm, "").match(/"[^"]*"|\S+/g) ?? [];
  const logins = new Map<string, { username: string; password: string }>();
  let login: { username: string; password: string } | undefined;
  const begin = (machine: string): void => {
    login = { username: "", password: "" };
    logins.set(machine, login);
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "default") begin("");
    else if (word === "machine") begin(unquote(words[++i]));
    else if (word === "account") i++;
    else if (login !== undefined && word === "login") login.username = unquote(words[++i]);
    else if (login !== undefined && word === "password") login.password = unquote(words[++i]);
  }
  return logins.get(host) ?? logins.get("");
}

const unquote = (word = ""): string => (word.startsWith('"') ? word.slice(1, -1) : word);
