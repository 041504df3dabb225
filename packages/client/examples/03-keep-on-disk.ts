// Keep responses from one run of a tool to the next, with any number of them running at once.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSharedSqliteStore } from "@larder/cache/sqlite-shared";
import { createCachedFetch } from "@larder/client";
import { startApi } from "./server.ts";

const api = await startApi();
const folder = mkdtempSync(join(tmpdir(), "my-tool-"));
for (let run = 0; run < 3; run++) {
  const store = openSharedSqliteStore({ folder, maxBytes: 100e6, onFault: ({ message }) => console.warn(message) });
  const fetch = createCachedFetch({ store });
  await (await fetch(`${api.url}/item`)).text();
  await fetch.close();
}
console.log(`3 runs, ${api.asked()} request`); // 3 runs, 1 request
rmSync(folder, { recursive: true });
api.close();
