import { endToEnd, type Fields, methodRules, type RequestHead, surrogateCapability } from "@larder/core";
import type { ProxyConfig } from "./config.ts";

/** Unkeyed words about the client, or about another URL, which an upstream could mirror into what others get. */
const aboutTheClient =
  /^(?:host|expect|forwarded|via|x-forwarded(?:-.*)?|(?:.*-)?client-ip|.*-connecting-ip|x-real-ip|x-original-.*|x-rewrite-.*|x-host|x-url-scheme|front-end-https)$/;
/** Another method than the one that decides what is kept. */
const otherMethod = /^x-(?:http-)?method(?:-override)?$/;

/**
 * What an upstream gets of a request's fields: none that belongs to the client's connection or that claims to tell where a
 * request comes from, since nothing of it is part of the cache key; the mount's credentials in place of the client's.
 * @param own whether the request goes to the mount's own origin
 */
export function requestFields({ method, fields }: RequestHead, config: ProxyConfig, own: boolean): Fields {
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
