// Go on with what is stored while the API fails.
import { createCachedFetch } from "@larder/client";
import { startApi } from "./server.ts";

const api = await startApi();
let now = Date.now();
const fetch = createCachedFetch({ now: () => now, policy: { staleIfError: 3600 } });
await (await fetch(`${api.url}/item`)).text();
now += 120_000;
api.fail();
const response = await fetch(`${api.url}/item`);
console.log(response.status, response.cacheStatus.detail); // 200 stale-if-error
api.close();
