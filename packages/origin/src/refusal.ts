import { Fields, formatHttpDate, type RequestHead, type Timestamp } from "@larder/core";
import type { Answer } from "./answer.ts";
import { lengthOf } from "./content.ts";

/** Why a request gets no representation and no change, in words for people. */
const refusals = {
  400: {
    title: "Bad Request",
    detail: "Content-Range: a part can't be put here. Send the whole, or change a part with PATCH.",
  },
  412: {
    title: "Precondition Failed",
    detail: "The target is not in the state that the request's condition names. Read it again, then decide anew.",
  },
  416: { title: "Range Not Satisfiable", detail: "None of the ranges asked for lies within the content." },
  428: {
    title: "Precondition Required",
    detail: "Send the tag of the state that is to be changed as If-Match, or If-None-Match: * to create.",
  },
} as const;

/** A refusal as problem details (RFC 9457); with Date, and nothing that would let a cache keep it. */
export function refuse(
  request: RequestHead,
  status: keyof typeof refusals,
  because: string,
  now: Timestamp,
  fields: Readonly<Record<string, string | undefined>> = {},
): Answer {
  const content = `${JSON.stringify({ type: "about:blank", status, ...refusals[status] })}\n`;
  return {
    status,
    fields: Fields.empty.with({
      ...fields,
      date: formatHttpDate(now),
      "content-type": "application/problem+json",
      "content-length": String(lengthOf(content)),
    }),
    content: request.method === "HEAD" ? null : content,
    because,
  };
}
