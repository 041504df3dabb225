import { UpstreamFailure } from "@larder/cache";
import { tlsFailure } from "./tls-failure.ts";

/** Errors that come before a connection stands: the request can't have been acted on. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const timeouts = new Set(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"]);

/** What undici and the system report, in the cache's words; the message names the host, never path or credentials. */
export function failureOf(error: unknown, url: URL | undefined): unknown {
  if (error instanceof UpstreamFailure || !(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  if (!/^(UND_ERR|E[A-Z]+|HPE_|CERT_|DEPTH_|SELF_|UNABLE_|ERR_TLS|ERR_SSL)/.test(code)) return error;
  const where = url === undefined ? "The upstream" : `The upstream ${url.host}`;
  const untrusted = tlsFailure(code, where);
  if (untrusted !== undefined) {
    return new UpstreamFailure("unreachable", `${untrusted} (${code}).`, { unsent: true, cause: error });
  }
  const kind = timeouts.has(code)
    ? "timeout"
    : neverSent.has(code) || /CERT|TLS|SSL|SELF|UNABLE/.test(code)
      ? "unreachable"
      : "broken";
  const what = { timeout: "did not answer in time", unreachable: "can't be reached", broken: "broke off its answer" }[
    kind
  ];
  return new UpstreamFailure(kind, `${where} ${what} (${code || error.message}).`, {
    unsent: neverSent.has(code),
    cause: error,
  });
}
