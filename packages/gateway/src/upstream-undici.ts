import { Readable } from "node:stream";
import { createSecureContext, getCACertificates } from "node:tls";
import { type Upstream, UpstreamFailure, type UpstreamOptions, type UpstreamResponse } from "@larder/cache";
import type { RequestHead } from "@larder/core";
import { Agent, type Dispatcher, EnvHttpProxyAgent, ProxyAgent } from "undici";
import type { ProxyConfig } from "./config.ts";
import { offlineSentence } from "./offline.ts";
import { UpstreamExchange } from "./upstream-exchange.ts";
import { requestFields } from "./upstream-fields.ts";

const proxyVariables = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"];

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
      // where it names no proxy there is nothing to look up for each request
      if (!proxyVariables.some((name) => process.env[name])) return new Agent(options);
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
      const sent = body === null ? null : Readable.from(body, { objectMode: false });
      const exchange = new UpstreamExchange(url, sent, onInterim);
      // content takes the time that it takes
      if (body === null) exchange.giveUpAfter(patience);
      const { origin: to } = url;
      dispatcher.dispatch(
        {
          origin: to,
          path: url.pathname + url.search,
          method: request.method as Dispatcher.HttpMethod,
          headers: requestFields(request, config, to === origin),
          body: sent,
        },
        exchange,
      );
      return exchange.response;
    },
  };
}
