/** A request and its answer as the service sees them, free of node:http. */

export interface ApiRequest {
  readonly method: string;
  /** path and query as received */
  readonly target: string;
  /** names in lower case; repeated fields combined */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly content: Uint8Array;
}

export interface ApiResponse {
  readonly status: number;
  /** names and values in turn */
  readonly fields: string[];
  /** undefined = none, and no Content-Type */
  readonly content: string | undefined;
  /** for the access log */
  readonly log: { readonly microversion?: string; readonly requestId: string };
}

/** A field's combined value; undefined when it is absent. */
export function header(request: ApiRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "object" ? value.join(", ") : value;
}
