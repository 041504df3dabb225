import { endToEnd, methodRules, type RequestHead, surrogateCapability } from "@larder/core";
import type { ProxyConfig } from "./config.ts";

/** Unkeyed words about the client, or about another URL, which an upstream could mirror into what others get. */
const aboutTheClient =
  /^(?:host|expect|forwarded|via|x-forwarded(?:-.*)?|(?:.*-)?client-ip|.*-connecting-ip|x-real-ip|x-original-.*|x-rewrite-.*|x-host|x-url-scheme|front-end-https)$/;
/** Another method than the one that decides what is kept. */
const otherMethod = /^x-(?:http-)?method(?:-override)?$/;

/** What is remembered of a field's name, since the same few come with every request; bounded, for clients make names up. */
const kinds = new Map<string, "passed" | "kept" | "method">();
const mostKinds = 1024;

function kindOf(name: string): "passed" | "kept" | "method" {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const isOurs = aboutTheClient.test(name) || name === "surrogate-capability";
  const kind = isOurs ? "kept" : otherMethod.test(name) ? "method" : "passed";
  if (kinds.size < mostKinds) kinds.set(name, kind);
  return kind;
}

/**
 * What an upstream gets of a request's fields: none that belongs to the client's connection or that claims to tell where a
 * request comes from, since nothing of it is part of the cache key; the mount's credentials in place of the client's.
 * @param own whether the request goes to the mount's own origin
 * @returns names and values in turn
 */
export function requestFields({ method, fields }: RequestHead, config: ProxyConfig, own: boolean): string[] {
  const { safe } = methodRules(method);
  const mayAuthorize = own && !config.credentials;
  const kept = endToEnd(fields).filter((name) => {
    const kind = kindOf(name);
    return (kind === "passed" || (kind === "method" && !safe)) && (mayAuthorize || name !== "authorization");
  });
  const raw = [
    ...kept.raw,
    "via",
    [...fields.all("via"), "1.1 larder"].join(", "),
    "surrogate-capability",
    [...fields.all("surrogate-capability"), surrogateCapability].join(", "),
  ];
  if (own && config.credentials) raw.push("authorization", authorizationOf(config.credentials));
  return raw;
}

function authorizationOf(credentials: NonNullable<ProxyConfig["credentials"]>): string {
  if (credentials.type === "bearer") return `Bearer ${credentials.token}`;
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
}
