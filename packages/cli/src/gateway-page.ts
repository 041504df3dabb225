import { type ProjectPage, readPage } from "@larder/formats";

/** A project's page as a gateway gives it, or why there is none, in a sentence. */
export type GatewayPage = { readonly page: ProjectPage } | { readonly fault: string; readonly status?: number };

const accept = "application/vnd.pypi.simple.v1+json";
/** Milliseconds: more than a gateway takes to find out that its upstream doesn't answer. */
const patience = 60_000;

/**
 * Asks a gateway for a project's page.
 * @param mount the URL of its mount
 * @param project normalised name
 */
export async function gatewayPage(mount: string, project: string): Promise<GatewayPage> {
  const url = `${mount}simple/${project}/`;
  try {
    const response = await fetch(url, { headers: { accept }, signal: AbortSignal.timeout(patience) });
    const text = await response.text();
    if (response.status !== 200) return { fault: detailOf(response, text), status: response.status };
    return readPage(response.headers.get("content-type") ?? "", text, { base: response.url, project });
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
  const because = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : message;
  return `${new URL(url).origin} can't be reached (${because}); is the gateway running there?`;
}
