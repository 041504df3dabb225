// Count hits for your metrics.
import { createCachedFetch } from "@larder/client";
import { startApi } from "./server.ts";

const api = await startApi();
const counts = { hit: 0, asked: 0 };
const fetch = createCachedFetch({
  onEvent: (event) => {
    if (event.type === "answer") counts[event.cacheStatus.hit ? "hit" : "asked"]++;
  },
});
for (let i = 0; i < 5; i++) await (await fetch(`${api.url}/item`)).text();
console.log(counts); // { hit: 4, asked: 1 }
api.close();
