import type { Timestamp } from "@larder/core";
import type { ProjectPage } from "./page.ts";

/** When the page's newest file was uploaded (PEP 700): what Last-Modified may say where an upstream says nothing. */
export function newestUpload(page: ProjectPage): Timestamp | undefined {
  let newest: string | undefined;
  for (const { uploadTime } of page.files) {
    if (uploadTime !== undefined && (newest === undefined || uploadTime.slice(0, 19) > newest))
      newest = uploadTime.slice(0, 19);
  }
  return newest === undefined ? undefined : Date.parse(`${newest}Z`);
}
