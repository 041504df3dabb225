/** A part of a text, in UTF-16 units, and what takes its place. */
export interface TextEdit {
  readonly start: number;
  /** the one after its last */
  readonly end: number;
  readonly to: string;
}

/** The text with these parts replaced; all else in it stays. @param edits in the order of the text */
export function rewriteText(text: string, edits: readonly TextEdit[]): string {
  let at = 0;
  let written = "";
  for (const { start, end, to } of edits) {
    written += text.slice(at, start) + to;
    at = end;
  }
  return written + text.slice(at);
}
