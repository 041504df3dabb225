/** The three forms of a page, as PEP 691 names them. */
export const jsonType = "application/vnd.pypi.simple.v1+json";
export const htmlType = "application/vnd.pypi.simple.v1+html";
export const plainHtmlType = "text/html";

export type PageType = typeof jsonType | typeof htmlType | typeof plainHtmlType;
