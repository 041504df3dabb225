import { Readable } from "node:stream";
import { createSecureContext, getCACertificates } from "node:tls";
import { type Upstream, UpstreamFailure, type UpstreamOptions, type UpstreamResponse } from "@larder/cache";
import { endToEnd, Fields, methodRules, type RequestHead, surrogateCapability } from "@larder/core";
import { Agent, type Dispatcher, EnvHttpProxyAgent, ProxyAgent } from "undici";
import type { ProxyConfig } from "./config.ts";
import { offlineSentence } from "./offline.ts";
import { tlsFailure } from "./tls-failure.ts";

/** The connections of one mount, kept open between requests. */
export function dispatcherOf(config: ProxyConfig): Dispatcher {
  // made once for all connections: to read that many certificates takes a tenth of a second
  const tls =
    config.ca === undefined
      ? {}
      : { secureContext: createSecureContext({ ca: [...getCACertificates("default"), config.ca] }) };
  const options = {
    connect: { timeout: config.timeouts.connect * 1000, ...tls },
    headersTimeout: config.timeouts.head * 1000,
    bodyTimeout: config.timeouts.idle * 1000,
    // a page is asked for by many at once; the upstream's patience is not endless
    connections: 32,
    allowH2: config.http2 === true,
  };
  switch (config.proxy.type) {
    case "none":
      return new Agent(options);
    case "url":
      return new ProxyAgent({ ...options, uri: config.proxy.url.href, requestTls: tls });
    case "environment":
      return new EnvHttpProxyAgent({ ...options, requestTls: tls });
  }
}

/**
 * An upstream over HTTP. Adds the mount's credentials where a request goes to the mount's own origin, in place of the
 * client's; sends no field that belongs to the client's connection or that claims to tell where a request comes from,
 * since nothing of it is part of the cache key.
 * @param config where it is, and how to reach it
 */
export function undiciUpstream(config: ProxyConfig, dispatcher: Dispatcher): Upstream {
  const origin = config.upstream.origin;
  const patience = (config.timeouts.connect + config.timeouts.head) * 1000;
  return {
    async send(request: RequestHead, { body, onInterim }: UpstreamOptions): Promise<UpstreamResponse> {
      const url = new URL(request.target);
      if (config.offline) throw new UpstreamFailure("offline", offlineSentence(config, url), { unsent: true });
      // the dispatcher's own times begin when a connection is free
      const waiting = new AbortController();
      const late = new Promise<never>((_, reject) => {
        waiting.signal.addEventListener("abort", () => reject(waiting.signal.reason));
      });
      const giveUp = () => waiting.abort(busy(url));
      // content takes the time that it takes
      const timer = body === null ? setTimeout(giveUp, patience) : undefined;
      try {
        const asked = dispatcher.request({
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method as Dispatcher.HttpMethod,
          headers: requestFields(request, config, url.origin === origin).raw as string[],
          // a stream of octets; undici's type knows the sync form only
          body: body === null ? null : Readable.from(body, { objectMode: false }),
          responseHeaders: "raw",
          signal: waiting.signal,
          ...(onInterim && {
            onInfo: ({ statusCode, headers }: { statusCode: number; headers: unknown }) =>
              onInterim({ status: statusCode, fields: interimFields(headers) }),
          }),
        });
        // undici looks at the signal only when a connection is free
        const response = await Promise.race([asked, late]);
        const fields = Fields.fromRaw(response.headers as unknown as string[]);
        return { status: response.statusCode, fields, body: octets(response.body) };
      } catch (error) {
        throw failureOf(error, url);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

const busy = (url: URL) =>
  new UpstreamFailure("timeout", `The upstream ${url.host} did not answer in time.`, { unsent: false });

/** Unkeyed words about the client, or about another URL, which an upstream could mirror into what others get. */
const aboutTheClient =
  /^(?:host|expect|forwarded|via|x-forwarded(?:-.*)?|(?:.*-)?client-ip|.*-connecting-ip|x-real-ip|x-original-.*|x-rewrite-.*|x-host|x-url-scheme|front-end-https)$/;
/** Another method than the one that decides what is kept. */
const otherMethod = /^x-(?:http-)?method(?:-override)?$/;

function requestFields({ method, fields }: RequestHead, config: ProxyConfig, own: boolean): Fields {
  const { safe } = methodRules(method);
  const kept = endToEnd(fields).filter(
    (name) =>
      !aboutTheClient.test(name) &&
      !(safe && otherMethod.test(name)) &&
      (own && !config.credentials ? true : name !== "authorization"),
  );
  return kept.with({
    via: [...fields.all("via"), "1.1 larder"].join(", "),
    "surrogate-capability": [...fields.all("surrogate-capability"), surrogateCapability].join(", "),
    ...(own && config.credentials && { authorization: authorizationOf(config.credentials) }),
  });
}

function authorizationOf(credentials: NonNullable<ProxyConfig["credentials"]>): string {
  if (credentials.type === "bearer") return `Bearer ${credentials.token}`;
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
}

function interimFields(headers: unknown): Fields {
  if (Array.isArray(headers)) return Fields.fromRaw(headers.map(String));
  const lines = Object.entries(headers as Record<string, string | readonly string[]>);
  return Fields.of(...lines.flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const)));
}

/**
 * A body's chunks. To leave the loop ends the transfer at once, also before the first chunk was asked for: a body that
 * stays unread would keep its connection for good. (So it is no generator: what ends one before its start is not told.)
 */
function octets(body: Readable): AsyncIterable<Uint8Array> {
  body.on("error", () => undefined);
  return {
    [Symbol.asyncIterator]() {
      const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            return await chunks.next();
          } catch (error) {
            throw failureOf(error, undefined);
          }
        },
        async return() {
          body.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

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
function failureOf(error: unknown, url: URL | undefined): unknown {
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
