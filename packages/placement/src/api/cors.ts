import { type ApiRequest, type ApiResponse, header } from "./request.ts";

/** Which pages of other origins may use the API; names as in upstream's configuration. */
export interface CorsOptions {
  readonly allowedOrigins: readonly string[];
  /** request fields beside those that are always allowed */
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  /** seconds a browser may keep the answer to a preflight */
  readonly maxAge: number;
}

export const corsDefaults: Omit<CorsOptions, "allowedOrigins"> = {
  allowHeaders: [],
  exposeHeaders: [],
  allowCredentials: true,
  maxAge: 3600,
};

const methods = ["OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "PATCH"];
const simpleHeaders = [
  "Accept",
  "Accept-Language",
  "Content-Type",
  "Cache-Control",
  "Content-Language",
  "Expires",
  "Last-Modified",
  "Pragma",
];

/** The response with what the Fetch standard's CORS protocol needs; a preflight is answered with 200 and nothing else. */
export function withCors(request: ApiRequest, response: ApiResponse, cors: CorsOptions): ApiResponse {
  const origin = header(request, "origin");
  const allowed = origin !== undefined && (cors.allowedOrigins.includes(origin) || cors.allowedOrigins.includes("*"));
  if (request.method === "OPTIONS") {
    const fields = allowed ? preflight(request, origin, cors) : [];
    return { ...response, status: 200, content: undefined, fields: [...fields, "content-length", "0"] };
  }
  if (!allowed) return response;
  const exposed = [...simpleHeaders, ...cors.exposeHeaders];
  return {
    ...response,
    fields: [...merge(response.fields, origin, cors), "access-control-expose-headers", exposed.join(",")],
  };
}

function preflight(request: ApiRequest, origin: string, cors: CorsOptions): string[] {
  const method = header(request, "access-control-request-method");
  if (method === undefined || !methods.includes(method)) return [];
  const permitted = new Set([...cors.allowHeaders, ...simpleHeaders].map((name) => name.toUpperCase()));
  const asked = (header(request, "access-control-request-headers") ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (!asked.every((name) => permitted.has(name.toUpperCase()))) return [];
  return [
    ...merge([], origin, cors),
    "access-control-max-age",
    String(cors.maxAge),
    "access-control-allow-methods",
    method,
    ...(asked.length > 0 ? ["access-control-allow-headers", asked.join(",")] : []),
  ];
}

/** Vary gets Origin as well: what is allowed depends on it. */
function merge(fields: readonly string[], origin: string, { allowCredentials }: CorsOptions): string[] {
  return [
    ...fields,
    "vary",
    "Origin",
    "access-control-allow-origin",
    origin,
    ...(allowCredentials ? ["access-control-allow-credentials", "true"] : []),
  ];
}
