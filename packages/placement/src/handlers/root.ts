import { type Answer, justNow } from "../api/answer.ts";
import { newestVersion, oldestVersion } from "../api/versions.ts";

const document = {
  versions: [
    {
      id: `v${oldestVersion.text}`,
      max_version: newestVersion.text,
      min_version: oldestVersion.text,
      status: "CURRENT",
      links: [{ rel: "self", href: "" }],
    },
  ],
};

/** GET /: which microversions there are. */
export const home = (): Answer => ({ status: 200, body: () => document, modified: justNow, stamp: 0 });
