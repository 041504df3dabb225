const valid = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i;

/** A project's name in its normal form (PEP 503): lower case, each run of `-`, `_` and `.` one `-`. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** Whether it can be a project's name at all (PEP 508). */
export function isProjectName(name: string): boolean {
  return valid.test(name);
}

/** Whether a text is like a pattern in which `*` stands for any characters; linear in both but for the number of `*`. */
export function isLike(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
