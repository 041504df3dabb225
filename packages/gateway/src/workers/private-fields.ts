/**
 * The fields by which keeper and worker tell each other, on their own socket, what HTTP has no word for. Whoever may
 * connect there is trusted; a client's fields never stand beside them, since its whole head travels within the first.
 */
export const privateFields = {
  /** JSON of `PassedRequest` */
  request: "larder-request",
  /** JSON of the access log's further members */
  log: "larder-log",
  /** JSON of the sentence by which the request's content was found to be too long */
  tooLong: "larder-too-long",
} as const;

/** A request's head as the client sent it: its address, the absolute target, names and values in turn. */
export type PassedRequest = readonly [remote: string, target: string, raw: readonly string[]];

/** JSON that can stand in a field: what is not ASCII is escaped. */
export const inField = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Octets that heads between the two may have: that of the client twice, with what JSON escapes. */
export const mostHeadBytes = 256 * 1024;
