// Work without a network: what is stored answers, stale or not.
import { createCachedFetch } from "@larder/client";
import { startApi } from "./server.ts";

const api = await startApi();
const online = createCachedFetch();
await (await online(`${api.url}/item`)).text();
api.close();
const fetch = createCachedFetch({ store: online.store, offline: true });
console.log(await (await fetch(`${api.url}/item`)).text()); // an item
await fetch(`${api.url}/other`).catch((error) => console.log(error.message.slice(0, 21))); // fetch failed: offline
