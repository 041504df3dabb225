/** What is looked at before a handler: where the request goes, and whether it may say and get what it says. */
import { Refusal } from "../refusal.ts";
import { acceptsJson, effectiveAccept } from "./error-body.ts";
import { type ApiRequest, header } from "./request.ts";
import { decodePath } from "./router.ts";
import type { Route } from "./routes.ts";
import type { Version } from "./versions.ts";

/** The path inside of the service, decoded, and the query. The mount itself, with or without a slash, is `/`. */
export function split(target: string, prefix: string, mount: string): { path: string; queryText: string } {
  const question = target.indexOf("?");
  const raw = question < 0 ? target : target.slice(0, question);
  const queryText = question < 0 ? "" : target.slice(question + 1);
  const decoded = decodePath(raw);
  for (const own of new Set([prefix, mount]))
    if (own !== "" && (decoded === own || decoded.startsWith(`${own}/`)))
      return { path: decoded.slice(own.length) || "/", queryText };
  // under a prefix of its own nothing else is served; a prefix that a proxy took off is not there any more
  return { path: mount === "" ? decoded : `//${decoded}`, queryText };
}

/** A request with content must say what it is, on any path. */
export function checkContentType(request: ApiRequest): void {
  const length = header(request, "content-length");
  if (length !== undefined && Number(length) > 0 && !header(request, "content-type"))
    throw new Refusal(400, "content-type header required when content-length > 0", { from: "route" });
}

export function methodOf(own: readonly Route[], method: string): Route {
  const route = own.find((one) => one.method === method);
  if (route !== undefined) return route;
  const allow = own.map((one) => one.method).join(", ");
  throw new Refusal(405, "The method specified is not allowed for this resource.", { allow });
}

export function checkMedia({ sendsJson, input }: Route, request: ApiRequest, version: Version): void {
  const accept = effectiveAccept(header(request, "accept"));
  if (sendsJson && !acceptsJson(accept)) throw new Refusal(406, "Only application/json is provided");
  if (input?.kind !== "body" || !input.applies(version)) return;
  const type = (header(request, "content-type") ?? "").split(";")[0]!.trim();
  if (type !== "application/json")
    throw new Refusal(415, `The media type ${type || "None"} is not supported, use application/json`);
}
