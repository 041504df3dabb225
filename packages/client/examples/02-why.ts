// See what the cache did and why.
import { createCachedFetch } from "@larder/client";
import { startApi } from "./server.ts";

const api = await startApi();
const fetch = createCachedFetch();
for (let i = 0; i < 2; i++) {
  const response = await fetch(`${api.url}/version`);
  await response.text();
  const { hit, fwd, fwdStatus } = response.cacheStatus; // the words of RFC 9211
  console.log({ hit, fwd, fwdStatus });
}
// { hit: false, fwd: 'uri-miss', fwdStatus: 200 }
// { hit: false, fwd: 'stale', fwdStatus: 304 }
api.close();
