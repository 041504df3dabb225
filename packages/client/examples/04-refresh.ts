// `--refresh` for your tool: what is stored is validated before it is used, for one package or for all.
import { createCachedFetch } from "@larder/client";
import { startApi } from "./server.ts";

const api = await startApi();
const fetch = createCachedFetch();
await (await fetch(`${api.url}/item`)).text();
fetch.refresh([{ prefix: `${api.url}/` }]);
const again = await fetch(`${api.url}/item`);
console.log(again.cacheStatus.fwd, api.asked()); // request 2
api.close();
