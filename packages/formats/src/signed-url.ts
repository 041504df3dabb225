/** One way of signing URLs: what shows that a query is signed so, and the parameters that come with it. */
interface Signer {
  readonly signature: RegExp;
  readonly parameters: RegExp;
}

const signers: readonly Signer[] = [
  // AWS Signature Version 4, and Google Cloud Storage's V4, which is made like it
  { signature: /^x-(amz|goog)-signature$/i, parameters: /^x-(amz|goog)-/i },
  // CloudFront, and the older ones of S3 and of Google Cloud Storage
  { signature: /^signature$/i, parameters: /^(signature|expires|policy|key-pair-id|awsaccesskeyid|googleaccessid)$/i },
  // Azure Storage: shared access signatures
  { signature: /^sig$/i, parameters: /^(sig|se|st|sp|sv|sr|ss|srt|spr|sip|ses|si|rsc[cdelt]|sk(oid|tid|t|e|s|v))$/i },
];

const nameOf = (parameter: string): string => parameter.split("=", 1)[0]!;

/**
 * A query without the parameters that sign it: they are new each time, and say nothing of what is asked for.
 * @param query of a normal URL, with its "?"; or empty
 * @returns the same way; empty where nothing is left
 */
export function unsignedQuery(query: string): string {
  if (query === "") return query;
  const parameters = query.slice(1).split("&");
  const signer = signers.find(({ signature }) => parameters.some((one) => signature.test(nameOf(one))));
  if (signer === undefined) return query;
  const kept = parameters.filter((one) => !signer.parameters.test(nameOf(one)));
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}
