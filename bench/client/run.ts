// One client, in a process of its own: NAME URL SECONDS. Prints what was measured as JSON.
import { clients } from "./clients.ts";

const [name = "", url = "", seconds = "3"] = process.argv.slice(2);
const ask = await clients[name]!();
const size = Number(/(\d+)$/.exec(url)![1]);
for (let i = 0; i < 200; i++) if ((await ask(url)) !== size) throw new Error("not the whole content");
const started = performance.now();
const until = started + Number(seconds) * 1000;
let count = 0;
while (performance.now() < until) {
  for (let i = 0; i < 20; i++) await ask(url);
  count += 20;
}
const perSecond = count / ((performance.now() - started) / 1000);
console.log(JSON.stringify({ perSecond, megabytes: process.memoryUsage.rss() / 1e6 }));
process.exit(0);
