import type { Refusal } from "../refusal.ts";
import { effectiveAccept, errorBody } from "./error-body.ts";
import { type ApiRequest, type ApiResponse, header } from "./request.ts";
import type { Version } from "./versions.ts";

/**
 * A refusal as a response: the version fields only once a version is settled, Vary only where upstream has it.
 * @param version undefined before the microversion is settled
 */
export function refusalResponse(
  request: ApiRequest,
  requestId: string,
  version: Version | undefined,
  refusal: Refusal,
): ApiResponse {
  const { status, details } = refusal;
  const { type, content } = errorBody(refusal, {
    method: request.method,
    accept: effectiveAccept(header(request, "accept")),
    contentType: header(request, "content-type") ?? "None",
    requestId,
    version,
  });
  // there is no content to a HEAD, and upstream names the type that it would have without asking Accept
  const fields = ["content-type", request.method === "HEAD" ? "text/html; charset=UTF-8" : type];
  if (details.allow !== undefined) fields.push("allow", details.allow);
  if (details.authenticate !== undefined) fields.push("www-authenticate", details.authenticate);
  if (version !== undefined && status !== 500) {
    fields.push("openstack-api-version", `placement ${version.text}`);
    if (details.from !== "route") fields.push("vary", "openstack-api-version");
  }
  fields.push("x-openstack-request-id", requestId);
  const log = { requestId, ...(version === undefined ? {} : { microversion: version.text }) };
  return { status, fields, content, log };
}
