/** What a gateway answered with status 200, or why that can't be had, in a sentence. */
export type Asked =
  | { readonly text: string; readonly type: string; readonly url: string }
  | { readonly fault: string; readonly status?: number };

/** Milliseconds: more than a gateway takes to find out that its upstream doesn't answer. */
const patience = 60_000;

/** Asks a gateway. @param accept media types */
export async function askGateway(url: string, accept: string): Promise<Asked> {
  try {
    const response = await fetch(url, { headers: { accept }, signal: AbortSignal.timeout(patience) });
    const text = await response.text();
    if (response.status !== 200) return { fault: detailOf(response, text), status: response.status };
    return { text, type: response.headers.get("content-type") ?? "", url: response.url };
  } catch (error) {
    return { fault: unreachable(url, error) };
  }
}

/** What a gateway's answer says is wrong: the sentence of its problem (RFC 9457), else its status. */
export function detailOf({ status, headers }: Response, text: string): string {
  if (headers.get("content-type")?.startsWith("application/problem+json")) {
    try {
      const { detail } = JSON.parse(text) as { detail?: unknown };
      if (typeof detail === "string") return detail;
    } catch {
      // an answer that was cut short
    }
  }
  return `The gateway answered ${status}.`;
}

/** An error of `fetch` as a sentence. */
export function unreachable(url: string, error: unknown): string {
  const { cause, message } = error as Error;
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  if (/^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(code ?? "")) {
    return `${new URL(url).origin} is not trusted (${code}); set NODE_EXTRA_CA_CERTS to its authority's certificate: tls/ca.pem in the data folder of larder gateway --tls own.`;
  }
  const because = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : message;
  return `${new URL(url).origin} can't be reached (${because}); is the gateway running there?`;
}
