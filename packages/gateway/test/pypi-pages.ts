import { createHash } from "node:crypto";
import type { Answer } from "@larder/cache/testing";

export const json = "application/vnd.pypi.simple.v1+json";
export const wheel = "the octets of a wheel";
const sha256 = createHash("sha256").update(wheel).digest("hex");

/** A page of one project whose files have this content, as a JSON index gives it. */
export const pageOf = (versions: readonly string[], hash = sha256) =>
  JSON.stringify({
    meta: { "api-version": "1.1" },
    name: "demo",
    versions,
    files: versions.map((version) => ({
      filename: `demo-${version}-py3-none-any.whl`,
      url: `https://files.example/d/demo-${version}-py3-none-any.whl`,
      hashes: { sha256: hash },
      size: wheel.length,
      "upload-time": "2025-01-01T00:00:00Z",
    })),
  });
export const page = (versions: readonly string[], fields: Record<string, string> = {}): Answer => ({
  fields: { "Content-Type": json, ...fields },
  body: pageOf(versions),
});
export const file = {
  fields: { "Content-Type": "application/zip", "Content-Length": String(wheel.length) },
  body: wheel,
} satisfies Answer;
export const filePath = "/pypi/files/demo/files.example/d/demo-1.0-py3-none-any.whl";
export const wantsJson = { accept: json };
