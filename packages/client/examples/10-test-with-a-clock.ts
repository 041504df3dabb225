// Test your own code: a clock of your own, and a network of your own.
import { createCachedFetch } from "@larder/client";

let now = Date.UTC(2026, 0, 1);
let asked = 0;
const fetch = createCachedFetch({
  now: () => now,
  fetch: async () => new Response(`answer ${++asked}`, { headers: { "cache-control": "max-age=60" } }),
});
const ask = async () => (await fetch("https://api.example/")).text();
console.log(await ask(), await ask()); // answer 1 answer 1
now += 61_000;
console.log(await ask()); // answer 2
