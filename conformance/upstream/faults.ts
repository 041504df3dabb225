// Every way in which an upstream can be wrong about what has changed: one row each. What a client behind Larder must
// see of it stands in ../faults.ts.
import type { Answer } from "./answer.ts";

export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** What the upstream was asked, as far as a fault depends on it. */
export interface Asked {
  readonly path: string;
  /** carries If-None-Match or If-Modified-Since */
  readonly conditional: boolean;
  /** how many requests for this path came before, since the fault was switched on */
  readonly earlier: number;
  /** the other origin that serves the same: another port */
  readonly other: string;
}

type Change = (answer: Answer, asked: Asked) => Answer;

export interface Fault {
  /** validators to give and to compare with, in place of the usual ones */
  readonly validators?: (usual: Validators, about: { readonly plain: string }) => Validators;
  /** answers as if it had been asked without conditions, or looks at If-Modified-Since first (RFC 9110 §13.2.2: last) */
  readonly conditions?: "ignored" | "date first";
  /** what its pages have in place of their content, before any content coding */
  readonly content?: (page: Uint8Array) => Uint8Array;
  /** `false` = its pages offer no core metadata (PEP 658) */
  readonly metadata?: false;
  readonly page?: Change;
  readonly file?: Change;
  /** the only page format that it has; left out = both, negotiated */
  readonly speaks?: "html" | "json";
  /** where links lead; left out = the other origin */
  readonly links?: "relative";
  /** every page is such a case, without any change to the answer */
  readonly inherent?: true;
  /** the page of each project has this many files more */
  readonly padding?: number;
}

const on =
  (status: number, change: Change): Change =>
  (answer, asked) =>
    answer.status === status ? change(answer, asked) : answer;
const once =
  (change: Change): Change =>
  (answer, asked) =>
    asked.earlier === 0 ? change(answer, asked) : answer;
const ifAsked =
  (conditional: boolean, change: Change): Change =>
  (answer, asked) =>
    asked.conditional === conditional ? change(answer, asked) : answer;
const set =
  (fields: Readonly<Record<string, string>>): Change =>
  (answer) => ({ ...answer, fields: { ...answer.fields, ...fields } });
const drop =
  (...names: readonly string[]): Change =>
  (answer) => ({
    ...answer,
    fields: Object.fromEntries(Object.entries(answer.fields).filter(([name]) => !names.includes(name))),
  });
const keepOnly =
  (...names: readonly string[]): Change =>
  (answer) =>
    drop(...Object.keys(answer.fields).filter((name) => !names.includes(name)))(answer, unasked);
const unasked: Asked = { path: "", conditional: false, earlier: 0, other: "" };
const all =
  (...changes: readonly Change[]): Change =>
  (answer, asked) =>
    changes.reduce((so, change) => change(so, asked), answer);
const fails = (status: number, fields: Readonly<Record<string, string>> = {}): Change => {
  return () => ({ status, fields: { "content-type": "text/plain", ...fields }, content: Buffer.from(`${status}\n`) });
};
const claims = (off: number): Change =>
  on(200, (answer) => ({
    ...answer,
    fields: { ...answer.fields, "content-length": String(answer.content.length + off) },
  }));
const reset: Change = on(200, (answer) => ({ ...answer, sent: { as: "reset", after: 0.5 } }));
const drip: Change = on(200, (answer) => ({ ...answer, sent: { as: "drip", pieces: 15 } }));
const never: Change = (answer) => ({ ...answer, sent: { as: "never" } });
const elsewhere: Change = (answer, { path, other }) =>
  path.startsWith("/moved") ? answer : fails(302, { location: `${other}/moved${path}` })(answer, unasked);
const notModified: Change = ({ fields }) => ({ status: 304, fields, content: new Uint8Array() });
const damaged: Change = on(200, (answer) => {
  const content = Uint8Array.from(answer.content);
  content[content.length >> 1]! ^= 1;
  return { ...answer, content };
});
/** Only core metadata are given so. */
const metadata =
  (change: Change): Change =>
  (answer, asked) =>
    asked.path.endsWith(".metadata") ? change(answer, asked) : answer;
const content = (change: (content: Uint8Array) => Uint8Array): Change =>
  on(200, (answer) => ({ ...answer, content: change(answer.content) }));
const text = (change: (text: string) => string) => (content: Uint8Array) => Buffer.from(change(String(content)));
/** The length that is told is that of what is left. */
const cut = (content: Uint8Array) => content.subarray(0, Math.floor(content.length * 0.6));
const bareNotModified: Change = () => ({ status: 304, fields: {}, content: new Uint8Array() });
const day = 86_400_000;
const longAgo = new Date(Date.UTC(2020, 0, 1)).toUTCString();

export const faults = {
  none: {},
  "html only": { speaks: "html", links: "relative", inherent: true },
  "json only": { speaks: "json", inherent: true },
  "304 without validators": { page: on(304, drop("etag", "last-modified")) },
  "304 with only Date": { page: on(304, keepOnly()) },
  "304 with another tag": { page: on(304, set({ etag: '"another"' })) },
  "304 unasked, once": { page: once(ifAsked(false, notModified)) },
  "304 unasked, for ever": { page: ifAsked(false, notModified) },
  "Last-Modified on 200 only": {
    validators: ({ lastModified }) => ({ lastModified: lastModified! }),
    page: on(304, drop("last-modified")),
  },
  "no validators": { validators: () => ({}), inherent: true },
  "no validators, and 304 unasked": { validators: () => ({}), page: ifAsked(false, notModified) },
  "Last-Modified without Cache-Control": {
    validators: ({ lastModified }) => ({ lastModified: lastModified! }),
    page: drop("cache-control"),
  },
  "max-age of a day": { page: set({ "cache-control": "max-age=86400" }) },
  "Date in the past": { page: (answer) => set({ date: new Date(Date.now() - day).toUTCString() })(answer, unasked) },
  "Date in the future": { page: (answer) => set({ date: new Date(Date.now() + day).toUTCString() })(answer, unasked) },
  "Date that is none": { page: set({ date: "yesterday, about noon" }) },
  "Age beyond max-age": { page: set({ age: "86400" }) },
  "Last-Modified that is frozen": { validators: () => ({ lastModified: longAgo }), inherent: true },
  "Last-Modified in the future": {
    validators: ({ lastModified }) => ({ lastModified: new Date(Date.parse(lastModified!) + 365 * day).toUTCString() }),
    inherent: true,
  },
  "frozen Last-Modified over the tag": {
    validators: ({ etag }) => ({ etag: etag!, lastModified: longAgo }),
    conditions: "date first",
    inherent: true,
  },
  "304 to each condition": { page: ifAsked(true, bareNotModified), inherent: true },
  "immutable pages": { page: set({ "cache-control": "public, max-age=31536000, immutable" }) },
  "weak tags": { validators: ({ etag }) => ({ etag: `W/${etag}` }), inherent: true },
  "one strong tag for gzip and plain": { validators: (_, { plain }) => ({ etag: plain }), inherent: true },
  "same tag, other content": { validators: () => ({ etag: '"same"' }), conditions: "ignored", inherent: true },
  "Vary missing": { page: drop("vary") },
  "Vary: *": { page: set({ vary: "*" }) },
  "500 on validation": { page: fails(500) },
  "502 on validation": { page: fails(502) },
  "503 on validation": { page: fails(503, { "retry-after": "120" }) },
  "429 on validation": { page: fails(429, { "retry-after": "120" }) },
  "404 on validation": { page: fails(404) },
  "401 on validation": { page: fails(401, { "www-authenticate": 'Basic realm="index"' }) },
  "503 to conditions": { page: ifAsked(true, fails(503)) },
  "404 to conditions": { page: ifAsked(true, fails(404)) },
  "401 to conditions": { page: ifAsked(true, fails(401, { "www-authenticate": 'Basic realm="index"' })) },
  "time-out on validation": { page: never },
  "503 always": { page: fails(503), file: fails(503) },
  "reset in a file, once": { file: once(reset) },
  "reset in a file, always": { file: reset },
  "reset in a page": { page: reset },
  "Content-Length of a file too long": { file: claims(+100) },
  "Content-Length of a file too short": { file: claims(-100) },
  "Content-Length of a page too short": { page: claims(-100) },
  "a page cut short, of the length it says": { content: cut, inherent: true },
  "an HTML page cut short, of the length it says": { content: cut, speaks: "html", inherent: true },
  "a bit of each file turned": { file: damaged },
  "no core metadata": { metadata: false, inherent: true },
  "core metadata 404": { file: metadata(fails(404)) },
  "core metadata 500": { file: metadata(fails(500)) },
  "core metadata of other content": { file: metadata(content(text((it) => it.replace("demo-base", "demo-evil")))) },
  "core metadata cut short": { file: metadata(content(cut)) },
  "redirects to another host": { page: elsewhere, file: elsewhere },
  "HTML served as JSON": { speaks: "html", page: set({ "content-type": "application/vnd.pypi.simple.v1+json" }) },
  "a page of 50 MB": { padding: 27_000, inherent: true },
  "slow drip": { page: drip, file: drip },
  "wrong in many ways": {
    validators: ({ lastModified }) => ({ lastModified: lastModified! }),
    page: all(drop("cache-control", "vary"), on(304, keepOnly())),
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;
