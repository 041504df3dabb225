import { rewriteText, type TextEdit } from "../rewrite-text.ts";
import { readTomlValues, type TomlValue } from "../toml-values.ts";

/**
 * A uv.toml with another default index; all else in it stays as it is. Where `index-url` or `pip.index-url`, which uv
 * still reads, name one, they do so afterwards, too.
 * @param index URL
 * @returns the new text, or one sentence on why it can't be edited
 */
export function withDefaultIndex(text: string, index: string): { readonly text: string } | { readonly fault: string } {
  const read = readTomlValues(text);
  if ("fault" in read) return read;
  const at = (...path: TomlValue["path"]) => read.values.find((one) => one.path.join("\n") === path.join("\n"));
  const isDefault = read.values.find(
    ({ path, value }) => path[0] === "index" && path[2] === "default" && value === true,
  );
  const set = (found: TomlValue | undefined): TextEdit[] =>
    typeof found?.value === "string" ? [{ start: found.start, end: found.end, to: index }] : [];
  const old = [...set(at("index-url")), ...set(at("pip", "index-url"))];

  if (isDefault !== undefined) {
    const url = set(at("index", isDefault.path[1]!, "url"));
    if (url.length === 0) return { fault: "Its default index has no url." };
    return { text: edited(text, [...old, ...url]) };
  }
  if (at("index-url") !== undefined) return { text: edited(text, old) };
  const entry = `url = ${JSON.stringify(index)}`;
  const array = at("index");
  if (array !== undefined) {
    const isEmpty = !read.values.some(({ path }) => path[0] === "index" && path.length > 1);
    const first = `{ ${entry}, default = true }${isEmpty ? "" : ", "}`;
    return { text: edited(text, [...old, { start: array.start, end: array.start, to: first }]) };
  }
  const before = edited(text, old);
  const gap = before === "" ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  return { text: `${before}${gap}[[index]]\n${entry}\ndefault = true\n` };
}

const edited = (text: string, edits: readonly TextEdit[]): string =>
  rewriteText(
    text,
    edits.toSorted((a, b) => a.start - b.start),
  );
