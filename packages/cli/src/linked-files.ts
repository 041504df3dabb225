import { fileUrl, type LockFile, type LockUrl, normalUrl, type ReachedMount } from "@larder/formats";
import { gatewayPage } from "./gateway-page.ts";

/**
 * Asks a gateway which of the files that a lock file names by URL its index links; asks nothing where there is none.
 * @returns whether it links one; a gateway that can't be asked links none, which is told
 */
export async function linkedFiles(mount: ReachedMount, lock: LockFile): Promise<(url: LockUrl) => boolean> {
  const direct = lock.urls.filter(({ role }) => role === "direct");
  const projects = new Set(direct.flatMap(({ project }) => project ?? []));
  const linked = new Set<string>();
  for (const project of projects) {
    const had = await gatewayPage(mount.url, project);
    if ("page" in had) for (const { url } of had.page.files) linked.add(url);
    else if (had.status !== 404) process.stderr.write(`larder: ${project}: ${had.fault}\n`);
  }
  return ({ url, project }) => {
    const normal = normalUrl(url);
    return normal !== undefined && project !== undefined && linked.has(mount.url + fileUrl(mount, project, normal));
  };
}
