export * from "./format.ts";
export { http } from "./http.ts";
export { findLink, type Link } from "./pypi/links.ts";
export { htmlType, jsonType, type PageType, plainHtmlType } from "./pypi/media-types.ts";
export { negotiate } from "./pypi/negotiate.ts";
export type * from "./pypi/page.ts";
export { readPage } from "./pypi/read-page.ts";
export { pypi } from "./pypi/route.ts";
export { writePage, writeRoot } from "./pypi/write-page.ts";
