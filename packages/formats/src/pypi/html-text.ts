const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Text as it stands in an element or an attribute in double quotes. */
export function escapeHtml(text: string): string {
  return /[&<>"]/.test(text) ? text.replace(/[&<>"]/g, (character) => entities[character]!) : text;
}

/** ` name="value"`, to be put behind a tag's name. */
export function attribute(name: string, value: string): string {
  return ` ${name}="${escapeHtml(value)}"`;
}

/** A whole document with the same words as title and heading. */
export function htmlDocument(heading: string, metas: string, body: string): string {
  const title = escapeHtml(heading);
  return `<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n${metas}<title>${title}</title>\n</head>\n<body>\n<h1>${title}</h1>\n${body}</body>\n</html>\n`;
}
