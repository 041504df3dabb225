// Ask an API as often as you like; it hears of it once a minute.
import { createCachedFetch } from "@larder/client";
import { startApi } from "./server.ts";

const api = await startApi();
const fetch = createCachedFetch();
for (let i = 0; i < 100; i++) await (await fetch(`${api.url}/item`)).text();
console.log(`100 answers, ${api.asked()} request`); // 100 answers, 1 request
api.close();
