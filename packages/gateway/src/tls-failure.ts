/** What is wrong with an upstream's TLS, and what to do, by OpenSSL's and node's codes. `{}` stands for the upstream. */
const sentences: readonly (readonly [codes: RegExp, sentence: string])[] = [
  [
    /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/,
    "{} is not trusted: this machine doesn't know the authority of its certificate; name that one's with ca-file",
  ],
  [/^CERT_HAS_EXPIRED$/, "{} is not trusted: its certificate has expired; whoever runs it has to renew it"],
  [/^CERT_NOT_YET_VALID$/, "{} is not trusted: its certificate counts from later on; is this machine's clock right?"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "{} is not trusted: its certificate is for other names; is the URL right?"],
  [/^CERT_|^ERR_TLS_CERT/, "{} is not trusted: its certificate is refused"],
  [/^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/, "{} speaks no TLS there; is its URL one of http:?"],
];

/**
 * Why no connection over TLS came about, as a sentence without its end; undefined where a code is about something else.
 * @param where the upstream, as a sentence begins with it
 */
export function tlsFailure(code: string, where: string): string | undefined {
  return sentences.find(([codes]) => codes.test(code))?.[1].replace("{}", where);
}
