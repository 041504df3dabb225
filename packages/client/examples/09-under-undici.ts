// Slip the cache under code that uses undici.
import { cacheInterceptor } from "@larder/client/undici";
import { Agent, request } from "undici";
import { startApi } from "./server.ts";

const api = await startApi();
const dispatcher = new Agent().compose(cacheInterceptor() as never);
for (let i = 0; i < 3; i++) await (await request(`${api.url}/item`, { dispatcher })).body.text();
console.log(`3 answers, ${api.asked()} request`); // 3 answers, 1 request
await dispatcher.close();
api.close();
