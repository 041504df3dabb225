import { fileName } from "@larder/formats";
import type { ProxyConfig } from "./config.ts";

/**
 * What a client reads when a mount is offline and has not stored what it asked for: what that is, and how to get it.
 * @param target the upstream's URL of it; its query may hold a signature, and is not told
 */
export function offlineSentence({ format, upstream }: Pick<ProxyConfig, "format" | "upstream">, target: URL): string {
  const path = target.origin + target.pathname;
  const below = path.startsWith(upstream.href) ? path.slice(upstream.href.length) : undefined;
  if (format !== "pypi")
    return `This mount is offline and has not stored /${below ?? ""}; ask for it while the mount is not offline.`;
  const what = below?.endsWith("/") ? `the page of ${below.slice(0, -1)}` : fileName(path);
  return (
    `This index is offline and has not stored ${what}: "larder warm" fetches it where there is a network, ` +
    `"larder export" and "larder import" bring it here.`
  );
}
