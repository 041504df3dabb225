/** How Python writes a JSON value, which the texts of errors follow; cut off where it grows too long or too deep. */

const longest = 1000;
const deepest = 20;

/** @returns at most about 1,000 characters */
export function repr(value: unknown): string {
  const parts: string[] = [];
  let length = 0;
  const put = (text: string): void => {
    if (length < longest) parts.push(length + text.length > longest ? `${text.slice(0, longest - length)}…` : text);
    length += text.length;
  };
  write(value, put, () => length >= longest, 0);
  return parts.join("");
}

function write(value: unknown, put: (text: string) => void, full: () => boolean, depth: number): void {
  if (typeof value !== "object" || value === null) {
    put(scalar(value));
    return;
  }
  const list = Array.isArray(value);
  if (depth >= deepest) {
    put(list ? "[…]" : "{…}");
    return;
  }
  put(list ? "[" : "{");
  let first = true;
  for (const [key, member] of Object.entries(value)) {
    if (full()) break;
    if (!first) put(", ");
    first = false;
    if (!list) put(`${quoted(key)}: `);
    write(member, put, full, depth + 1);
  }
  put(list ? "]" : "}");
}

function scalar(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? quoted(value) : String(value);
}

function quoted(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  const quote = cut.includes("'") && !cut.includes('"') ? '"' : "'";
  const escaped = cut
    .replaceAll("\\", "\\\\")
    .replaceAll(quote, `\\${quote}`)
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return quote + escaped + quote;
}
