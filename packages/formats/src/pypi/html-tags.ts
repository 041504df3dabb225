import { Tokenizer } from "htmlparser2";

/** A start tag: its name and attributes in lower case, character references resolved; the first of two alike counts. */
export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Told of a document's tags and text in order. */
export interface TagHandler {
  open(tag: Tag): void;
  close(name: string): void;
  /** a piece of text; not of scripts and comments */
  text(data: string): void;
}

function nothing(): void {}

/**
 * Goes through an HTML document, however broken, without building a tree: in linear time, with memory for one tag. An
 * index page is a list of links, whatever they are nested in.
 * @returns whether it ends outside of a tag
 */
export function scanTags(html: string, handler: TagHandler): boolean {
  let inTag = false;
  let name = "";
  let attributes = new Map<string, string>();
  let attribute = "";
  let value = "";
  const end = () => {
    inTag = false;
    handler.open({ name, attributes });
  };
  const tokenizer = new Tokenizer(
    {},
    {
      onopentagname: (start, stop) => {
        inTag = true;
        name = html.slice(start, stop).toLowerCase();
        attributes = new Map();
      },
      onattribname: (start, stop) => {
        attribute = html.slice(start, stop).toLowerCase();
        value = "";
      },
      onattribdata: (start, stop) => {
        value += html.slice(start, stop);
      },
      onattribentity: (codePoint) => {
        value += String.fromCodePoint(codePoint);
      },
      onattribend: () => {
        if (!attributes.has(attribute)) attributes.set(attribute, value);
      },
      onopentagend: end,
      onselfclosingtag: end,
      onclosetag: (start, stop) => handler.close(html.slice(start, stop).toLowerCase()),
      ontext: (start, stop) => handler.text(html.slice(start, stop)),
      ontextentity: (codePoint) => handler.text(String.fromCodePoint(codePoint)),
      oncdata: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onprocessinginstruction: nothing,
      onend: nothing,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return !inTag && html.lastIndexOf("<") <= html.lastIndexOf(">");
}
