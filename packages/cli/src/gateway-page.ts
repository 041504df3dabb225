import { jsonType, type ProjectPage, readPage } from "@larder/formats";
import { askGateway } from "./ask-gateway.ts";

/** A project's page as a gateway gives it, or why there is none, in a sentence. */
export type GatewayPage = { readonly page: ProjectPage } | { readonly fault: string; readonly status?: number };

/**
 * Asks a gateway for a project's page.
 * @param mount the URL of its mount
 * @param project normalised name
 */
export async function gatewayPage(mount: string, project: string): Promise<GatewayPage> {
  const asked = await askGateway(`${mount}simple/${project}/`, jsonType);
  return "fault" in asked ? asked : readPage(asked.type, asked.text, { base: asked.url, project });
}
