// `npm run conformance:workers [-- --seconds N]`: `larder gateway --workers 4` with real processes. One request upstream
// for what many ask; what is changed or purged is not answered by any worker any more; workers and the keeper are killed
// and stopped in traffic (of N seconds), and nothing wrong is ever answered.
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort, type Gateway, larder, run, scratch, startGateway } from "./process.ts";
import { type Answered, Connection, childrenOf, connectToAll, isRunning } from "./workers/connections.ts";
import { startSite } from "./workers/site.ts";
import { traffic } from "./workers/traffic.ts";

const { values: options } = parseArgs({ options: { seconds: { type: "string", default: "6" } } });
const count = 4;
const token = "0123456789abcdef0123456789abcdef";
process.env.LARDER_ADMIN_TOKEN = token;

const faults: string[] = [];
function expect(what: string, holds: boolean, seen: unknown): void {
  console.log(`${holds ? "pass" : "FAIL"}  ${what}`);
  if (!holds) faults.push(`${what}: ${JSON.stringify(seen)}`);
}
const started = performance.now();

const site = await startSite();
const data = scratch("data");
const admin = await freePort();
const startOne = (): Promise<Gateway> =>
  startGateway({
    mounts: [`/=http:${site.url}`],
    data,
    args: ["--workers", String(count), "--admin", `127.0.0.1:${admin}`, "--log-format", "json"],
  });

/** Gives an order to the admin listener. @returns milliseconds that it took */
async function purge(order: object): Promise<number> {
  const before = performance.now();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`http://127.0.0.1:${admin}/-/purge`, {
    method: "POST",
    headers,
    body: JSON.stringify(order),
  });
  if (!answer.ok) throw new Error(`the purge was answered with ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
  return performance.now() - before;
}

const hits = async (connections: Iterable<Connection>, path: string): Promise<boolean> => {
  const got = await Promise.all([...connections].map((one) => one.ask(path)));
  return got.every(({ said }) => said.startsWith("larder; hit"));
};
/** Until every worker has a copy. */
async function warm(connections: ReadonlyMap<number, Connection>, path: string): Promise<void> {
  for (let time = 0; time < 4; time++) await hits(connections.values(), path);
}

let gateway = await startOne();
let all = await connectToAll(gateway);
const [first, ...others] = [...all.values()];

// one request upstream for what many ask at once
{
  const release = site.hold("/crowd");
  const many = Array.from({ length: 50 }, () => new Connection(gateway.url));
  const asking = many.map((one) => one.ask("/crowd"));
  while (!site.asked.includes("GET /crowd")) await delay(5);
  await delay(200);
  release();
  const got = await Promise.all(asking);
  const asked = site.asked.filter((one) => one === "GET /crowd").length;
  expect("50 first requests over 50 connections: one upstream", asked === 1, asked);
  expect(
    "all of them are answered",
    got.every(({ content }) => content === "/crowd 0 "),
    got.map((one) => one.content),
  );
  for (const one of many) one.close();
}

// copies: with the keeper stopped, a worker answers what it has, and nothing else
{
  await warm(all, "/copied");
  process.kill(gateway.pid, "SIGSTOP");
  const got = await Promise.all(
    [...all.values()].map((one) => Promise.race([one.ask("/copied"), delay(3000, undefined)])),
  );
  process.kill(gateway.pid, "SIGCONT");
  expect(
    "each worker answers a hit without the keeper",
    got.every((one) => one?.content === "/copied 0 "),
    got,
  );
}

// a change through one worker is seen through each other
{
  await warm(all, "/posted");
  const posted = await first!.ask("/posted", "POST");
  const got = await Promise.all(others.map((one) => one.ask("/posted")));
  expect(
    "a POST through one: the next GET through each other is new",
    got.every((one) => one.content === "/posted 1 "),
    [posted, got],
  );

  const release = site.hold("/under-way");
  const early = others[0]!.ask("/under-way");
  while (!site.asked.includes("GET /under-way")) await delay(5);
  await first!.ask("/under-way", "POST");
  const late = all
    .values()
    .map((one) => one.ask("/under-way"))
    .toArray();
  // one of those is behind the early one on its connection: each is let go when it has come
  const letGo = setInterval(release, 20);
  const [was, ...now] = await Promise.all([early, ...late]);
  clearInterval(letGo);
  expect(
    "also where a GET was under way before it",
    was.content === "/under-way 0 " && now.every((one) => one.content === "/under-way 1 "),
    [was, now],
  );
}

// a purge is seen by all workers at once
for (const mode of ["hard", "soft"])
  for (const kind of ["url", "prefix", "group", "mount"]) {
    // what was taken back just now is not lent: each has a page of its own
    const page = `/purged-${mode}-${kind}`;
    await warm(all, page);
    const version = site.change(page);
    await purge({ mode, [kind]: { url: page, prefix: "/pur", group: "g", mount: "/" }[kind] });
    const got = await Promise.all([...all.values()].map((one) => one.ask(page)));
    const isNew = got.every((one) => one.content === `${page} ${version} `);
    expect(`a ${mode} purge of a ${kind} is seen by all at once`, isNew, got);
  }

// variants, and conditions, through copies
{
  for (const language of ["de", "fr"])
    for (let time = 0; time < 4; time++)
      for (const one of all.values()) await one.ask("/vary", "GET", { "accept-language": language });
  const asked = site.asked.length;
  const got: Answered[] = [];
  for (const one of all.values()) {
    got.push(await one.ask("/vary", "GET", { "accept-language": "de" }));
    got.push(await one.ask("/vary", "GET", { "accept-language": "fr", "if-none-match": '"0fr"' }));
    got.push(await one.ask("/vary", "GET", { "accept-language": "de", range: "bytes=0-4" }));
    got.push(await one.ask("/vary", "HEAD", { "accept-language": "fr" }));
  }
  const wanted = ["200 /vary 0 de", "304 ", "206 /vary", "200 "];
  const seen = got.map(({ status, content }) => `${status} ${content}`);
  expect(
    "variants, 304, ranges and HEAD",
    seen.every((one, at) => one === wanted[at % 4]) && site.asked.length === asked,
    seen,
  );
}

// a worker that is stopped delays a purge by a second, and never answers what was there before
{
  await warm(all, "/stopped");
  const [[pid, connection]] = [...all] as [[number, Connection]];
  const version = site.change("/stopped");
  process.kill(pid, "SIGSTOP");
  const answer = connection.ask("/stopped").then(
    ({ content }) => content,
    () => "cut",
  );
  const took = await purge({ url: "/stopped" });
  expect("a stopped worker delays a purge by little more than a second", took < 2500, took);
  try {
    process.kill(pid, "SIGCONT");
  } catch {
    // it is gone for good
  }
  const content = await answer;
  expect("and it answers nothing any more", content === "cut", content);
  const got = await Promise.all([...all].filter(([one]) => one !== pid).map(([, one]) => one.ask("/stopped")));
  expect(
    "the others answer what is new",
    got.every((one) => one.content === `/stopped ${version} `),
    got,
  );
  for (let tries = 0; tries < 100 && childrenOf(gateway.pid).length < count; tries++) await delay(50);
  expect("it is replaced", childrenOf(gateway.pid).length === count, childrenOf(gateway.pid));
}

// what is counted is the sum, also of those that are gone
{
  const total = async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${admin}/-/metrics`)).text();
    return [...metrics.matchAll(/^larder_requests_total\{.*\} (\d+)$/gm)].reduce(
      (sum, [, one]) => sum + Number(one),
      0,
    );
  };
  all = await connectToAll(gateway);
  const before = await total();
  for (let time = 0; time < 5; time++) await hits(all.values(), "/counted");
  const after = await total();
  expect("the metrics are the sum", after - before === 5 * count, [before, after]);
  const [[pid]] = [...all] as [[number, Connection]];
  process.kill(pid, "SIGKILL");
  while (isRunning(pid)) await delay(5);
  const left = await total();
  expect("also of a worker that is gone", left === after, [after, left]);
}

// a second instance on the data folder
{
  const args = [
    "gateway",
    "--workers",
    "2",
    "--listen",
    "127.0.0.1:0",
    "--data",
    data,
    "--mount",
    `/=http:${site.url}`,
  ];
  const { status, output } = await run([...larder, ...args], { seconds: 20 });
  expect("a second instance on the same data folder is refused", status === 1 && output.includes(data), [
    status,
    output,
  ]);
}

// workers are killed in traffic
for (const one of all.values()) one.close();
await traffic({ gateway, site, purge, seconds: Number(options.seconds), expect });

// the keeper is killed: its workers end, what was stored is there at the next start
{
  all = await connectToAll(gateway);
  await warm(all, "/kept");
  const left = childrenOf(gateway.pid);
  await gateway.stop("SIGKILL");
  for (let tries = 0; tries < 100 && left.some(isRunning); tries++) await delay(20);
  expect("the keeper's end is that of its workers", !left.some(isRunning), left);
  gateway = await startOne();
  all = await connectToAll(gateway);
  expect("what was stored is there after a restart", await hits(all.values(), "/kept"), "no hit");
}

// a stop signal lets what runs finish
{
  const release = site.hold("/last");
  const [one] = all.values();
  const last = one!.ask("/last");
  while (!site.asked.includes("GET /last")) await delay(5);
  const stopping = gateway.stop("SIGTERM");
  await delay(300);
  release();
  expect("SIGTERM lets what runs finish", (await last).content === "/last 0 ", await last);
  await stopping;
}

site.close();
for (const fault of faults) console.error(fault);
console.log(`${faults.length} failed (${((performance.now() - started) / 1000).toFixed(0)} s)`);
process.exit(faults.length === 0 ? 0 : 1);
