import { randomUUID } from "node:crypto";
import { type EntityTag, formatEntityTag, formatHttpDate } from "@larder/core";
import type { Authenticate, Identity } from "../auth/identity.ts";
import type { Policy } from "../auth/policy.ts";
import type { SearchOptions } from "../domain/candidates/request.ts";
import type { World } from "../domain/world.ts";
import { Refusal } from "../refusal.ts";
import type { State } from "../storage/state.ts";
import type { Answer } from "./answer.ts";
import { Call } from "./call.ts";
import { checkContentType, checkMedia, methodOf, split } from "./checks.ts";
import { type CorsOptions, withCors } from "./cors.ts";
import { type Origin, originOf } from "./forwarded.ts";
import { Query } from "./query.ts";
import { refusalResponse } from "./refusal-response.ts";
import { type ApiRequest, type ApiResponse, header } from "./request.ts";
import { router } from "./router.ts";
import { type Route, routes } from "./routes.ts";
import { isConditional, judge, tagOf } from "./validators.ts";
import { negotiate, type Version } from "./versions.ts";

export interface ServiceOptions {
  readonly state: State;
  readonly authenticate: Authenticate;
  readonly policy: Policy;
  /** milliseconds since the epoch */
  readonly now: () => number;
  /** path at which the service is mounted; "" = at the root */
  readonly prefix?: string;
  /** believe Forwarded and X-Forwarded-* of the proxy in front */
  readonly trustForwarded?: boolean;
  /** `upstream`: no entity tags and no conditions, as the Python service has it */
  readonly validators?: "strong" | "upstream";
  readonly cors?: CorsOptions | undefined;
  readonly candidates?: SearchOptions;
  /** told of what went wrong in here; the client gets a 500 */
  readonly onError?: (error: unknown, requestId: string) => void;
}

/** What is known about a request on its way; filled in step by step, so that a refusal can say what it may. */
interface Progress {
  readonly request: ApiRequest;
  readonly requestId: string;
  readonly origin: Origin;
  version: Version | undefined;
}

export type Service = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

/** The whole life of a request is `handle`; the rest are its steps. */
export function createService(options: ServiceOptions): Service {
  const { state, policy, authenticate } = options;
  const find = router(routes(options.candidates ?? {}));
  const tagged = options.validators !== "upstream";
  const forwarding = { trust: options.trustForwarded ?? false, prefix: options.prefix ?? "" };

  function handle(progress: Progress): ApiResponse | Promise<ApiResponse> {
    const { request, origin } = progress;
    const { path, queryText } = split(request.target, origin.prefix, forwarding.prefix);
    const identity = withoutToken.has(path) ? nobody : authenticate((name) => header(request, name));
    if (identity instanceof Promise) return identity.then((known) => dispatch(progress, path, queryText, known));
    return dispatch(progress, path, queryText, identity);
  }

  function dispatch(
    progress: Progress,
    path: string,
    queryText: string,
    identity: Identity,
  ): ApiResponse | Promise<ApiResponse> {
    const { request, origin } = progress;
    const version = negotiate(header(request, "openstack-api-version"));
    progress.version = version;
    checkContentType(request);
    const match = find(path);
    if (match === undefined) throw new Refusal(404, "", { from: "route" });
    const route = methodOf(match.routes, request.method);
    if (route.mediaFirst) checkMedia(route, request, version);
    if (version.minor < route.since) throw new Refusal(route.before, "");
    if (!route.mediaFirst) checkMedia(route, request, version);
    authorize(route, identity, queryText);
    const { params } = match;
    const call = callFor(route, { version, params, queryText, identity, origin }, request.content);
    if (route.method === "GET") {
      const world = state.read();
      return respond(progress, version, route.handler(call, world), world);
    }
    return state.write((world) => {
      const answer = route.handler(call, world);
      const current = match.routes.find(({ method }) => method === "GET");
      if (current !== undefined) checkConditions(request, current, call, world);
      // the response is made now: it speaks of the world before its changes
      return { changes: answer.changes ?? [], result: respond(progress, version, answer, undefined) };
    });
  }

  function authorize({ rule }: Route, identity: Identity, queryText: string): void {
    if (rule === undefined) return;
    const project = rule === "placement:usages" ? Query.parse(queryText).last("project_id") : identity.project;
    if (!policy.allows(rule, identity, { project_id: project, user_id: identity.user }))
      // upstream says less where the scope is at fault
      throw new Refusal(403, identity.systemScope ? rule : `Policy does not allow ${rule} to be performed.`, {
        from: "route",
      });
  }

  function callFor(
    { input }: Route,
    parts: { version: Version; params: Call["params"]; queryText: string; identity: Identity; origin: Origin },
    content: Uint8Array,
  ): Call {
    const { origin, ...own } = parts;
    return new Call({ ...own, content, now: options.now(), prefix: origin.prefix, input });
  }

  /** If-Match and If-None-Match of a write, against what GET would answer now. */
  function checkConditions(request: ApiRequest, current: Route, call: Call, world: World): void {
    const { version, prefix } = call;
    if (!tagged || !version.has.lastModified || !isConditional(request)) return;
    const reading = call.reading(current.input);
    let etag: EntityTag | undefined;
    let exists = true;
    try {
      etag = tagOf(current.handler(reading, world), version, { counter: state.id, prefix }, world);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      exists = false;
    }
    if (judge(request, { exists, etag }) === "precondition-failed")
      throw new Refusal(412, "What is there now is not what the condition (If-Match, If-None-Match) names.");
  }

  function respond(progress: Progress, version: Version, answer: Answer, world: World | undefined): ApiResponse {
    const { request, requestId, origin } = progress;
    const fields: string[] = [];
    const log = { microversion: version.text, requestId };
    const common = () => {
      fields.push("openstack-api-version", `placement ${version.text}`, "vary", "openstack-api-version");
      fields.push("x-openstack-request-id", requestId);
    };
    if (version.has.lastModified && answer.modified !== undefined) fields.push("cache-control", "no-cache");
    if (tagged && version.has.lastModified && world !== undefined) {
      const etag = tagOf(answer, version, { counter: state.id, prefix: origin.prefix }, world);
      if (etag !== undefined) {
        fields.push("etag", formatEntityTag(etag));
        const judged = isConditional(request) ? judge(request, { exists: true, etag }) : "proceed";
        if (judged === "precondition-failed") throw new Refusal(412, "What is there now is not what If-Match names.");
        if (judged === "not-modified") {
          common();
          return { status: 304, fields, content: undefined, log };
        }
      }
    }
    // the body first: finding it out and the newest time share their work
    const value = answer.body?.();
    if (version.has.lastModified && answer.modified !== undefined) {
      const modified = answer.modified(options.now());
      if (modified !== "nothing") fields.push("last-modified", formatHttpDate(modified));
    }
    if (answer.location !== undefined) fields.push("location", `${origin.base}${answer.location}`);
    const content = value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);
    if (content !== undefined) fields.push("content-type", "application/json");
    else if (answer.status !== 204) fields.push("content-length", "0");
    common();
    return { status: answer.status, fields, content, log };
  }

  function refuse({ request, requestId, version }: Progress, error: unknown): ApiResponse {
    if (error instanceof Refusal) return refusalResponse(request, requestId, version, error);
    options.onError?.(error, requestId);
    const says = `Something went wrong in the server. Its log says more under ${requestId}.`;
    return refusalResponse(request, requestId, version, new Refusal(500, says));
  }

  function answered(request: ApiRequest): ApiResponse | Promise<ApiResponse> {
    const progress: Progress = {
      request,
      requestId: `req-${randomUUID()}`,
      origin: originOf(request, forwarding),
      version: undefined,
    };
    try {
      const response = handle(progress);
      return response instanceof Promise ? response.catch((error) => refuse(progress, error)) : response;
    } catch (error) {
      return refuse(progress, error);
    }
  }

  const { cors } = options;
  if (cors === undefined) return answered;
  return async (request) => withCors(request, await answered(request), cors);
}

/** Paths that say nothing about the cloud. */
const withoutToken = new Set(["/", "/openapi.json"]);

const nobody: Identity = { user: "", project: undefined, roles: [], systemScope: false };
