// What the tests of policies start from: an index with one project, whose files say when they were uploaded.
import { createHash } from "node:crypto";
import type { Answer } from "@larder/cache/testing";
import type { PolicyConfig } from "../src/config.ts";
import { start } from "./bench.ts";

export const json = "application/vnd.pypi.simple.v1+json";
export const path = "/pypi/simple/demo/";
export const wantsJson = { accept: json };
export const content = "the octets of a wheel";
const sha256 = createHash("sha256").update(content).digest("hex");
export const name = (version: string) => `demo-${version}-py3-none-any.whl`;
export const filePath = (version: string) => `/pypi/files/demo/files.example/d/${name(version)}`;

/** A page with these versions and how many seconds after the start each was uploaded; "unknown" = it doesn't say. */
export const page = (versions: Readonly<Record<string, number | "unknown">>): Answer => ({
  fields: { "Content-Type": json, ETag: '"upstream"' },
  body: JSON.stringify({
    meta: { "api-version": "1.1" },
    name: "demo",
    versions: Object.keys(versions),
    files: Object.entries(versions).map(([version, at]) => ({
      filename: name(version),
      url: `https://files.example/d/${name(version)}`,
      hashes: { sha256 },
      size: content.length,
      ...(at !== "unknown" && { "upload-time": new Date(start + at * 1000).toISOString() }),
    })),
  }),
});
export const file = { fields: { "Content-Length": String(content.length) }, body: content } satisfies Answer;
export const nothing: PolicyConfig = { exempt: [], block: [], allow: [], hidePreReleases: false, onlyBinary: false };
export const policy = (more: Partial<PolicyConfig>): PolicyConfig => ({ ...nothing, ...more });
export const hour = policy({ minimumAge: 3600 });
export const versionsOf = (text: string): string[] => JSON.parse(text).versions;
