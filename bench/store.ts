// `npm run bench:store [-- --responses 1000000]`: a store with a million stored responses: how long it takes to open,
// how many octets a response takes in the database and in memory, and how long each kind of access takes.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { createCache, purge, type Store } from "@larder/cache";
import { openSqliteStore } from "@larder/cache/sqlite";
import { Fields, type StoredResponse } from "@larder/core";

const { values: options } = parseArgs({ options: { responses: { type: "string", default: "1000000" } } });
const responses = Number(options.responses);
const folder = mkdtempSync(join(tmpdir(), "larder-bench-"));
const file = join(folder, "responses.sqlite");
const MiB = 1 << 20;

const key = (index: number) =>
  `pypi https://files.example/packages/${index % 997}/project-${index}/project-${index}-1.0.whl`;
const bytes = (index: number) => Buffer.from(`content ${index}`);

/** What an index or a file host usually says. */
function stored(index: number): StoredResponse {
  const content = bytes(index);
  return {
    id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    cacheKey: key(index),
    method: "GET",
    status: 200,
    fields: Fields.of(
      ["Content-Type", "application/octet-stream"],
      ["Content-Length", String(content.length)],
      ["Cache-Control", "max-age=365000000, immutable, public"],
      ["ETag", `"${index.toString(16).padStart(32, "0")}"`],
      ["Last-Modified", "Wed, 21 Oct 2026 07:28:00 GMT"],
      ["Date", "Sun, 22 Nov 2026 10:00:00 GMT"],
      ["Accept-Ranges", "bytes"],
      ["Vary", "Accept-Encoding"],
      ["X-Served-By", "cache-a-1, cache-b-2"],
    ),
    varying: [["accept-encoding", "gzip"]],
    requestTime: 1_790_000_000_000 + index,
    responseTime: 1_790_000_000_050 + index,
    contentSince: 1_790_000_000_050,
    verifiedAt: 1_790_000_000_000,
    invalid: false,
    content: { length: content.length, sha256: createHash("sha256").update(content).digest("hex") },
  };
}

const open = (memoryBytes: number) =>
  openSqliteStore({ folder, maxBytes: 2 ** 40, memoryBytes, onFault: ({ message }) => console.error(message) });

/** Microseconds for each of `count`: of the clock, and of the processor. */
async function each(count: number, work: (index: number) => void | Promise<void>): Promise<string> {
  const started = performance.now();
  const cpu = process.cpuUsage();
  for (let index = 0; index < count; index++) {
    const slow = work(index);
    if (slow) await slow;
  }
  const { user, system } = process.cpuUsage(cpu);
  return `${(((performance.now() - started) * 1000) / count).toFixed(2)}  ${((user + system) / count).toFixed(2)}`;
}
const report = (what: string, value: string | number, unit: string) =>
  console.log(`${what.padEnd(52)} ${String(value).padStart(18)} ${unit}`);

/** A number below `responses`, spread over all of them. */
const spread = (index: number) => (index * 7_919_993) % responses;

/** Puts the rest in as the store would, many in one transaction: what is measured is not how they came there. */
function fill(from: number): void {
  const database = new DatabaseSync(file);
  const content = database.prepare(
    "INSERT INTO contents (sha256, length, uses, bytes) VALUES (?, ?, 1, ?) RETURNING number",
  );
  const response = database.prepare("INSERT INTO responses (key, content, size, used, head) VALUES (?, ?, ?, ?, ?)");
  database.exec("PRAGMA synchronous = OFF; BEGIN");
  let octets = 0;
  for (let index = from; index < responses; index++) {
    const one = stored(index);
    const head = JSON.stringify({ ...one, fields: one.fields.raw });
    const { number } = content.get(one.content.sha256, one.content.length, bytes(index))!;
    const hash = createHash("sha256").update(one.cacheKey).digest().readUIntBE(0, 6);
    response.run(hash, number!, head.length, index, head);
    octets += head.length + one.content.length;
  }
  database.prepare("UPDATE state SET bytes = bytes + ?, responses = ?").run(octets, responses);
  database.exec("COMMIT");
  database.close();
}

async function put(store: Store, one: StoredResponse, content: Uint8Array): Promise<void> {
  const writer = store.create({ length: content.length });
  await writer.write(content);
  await writer.finish();
  await store.put(one, writer);
}

const first = open(64 * MiB);
const begun = Math.min(5000, responses);
report("put a new response of 20 octets", await each(begun, (i) => put(first, stored(i), bytes(i))), "µs");
report("put a new head (a validation)", await each(begun, (i) => first.put({ ...stored(i), responseTime: i })), "µs");
await first.close();
fill(begun);
report("responses in the database", responses, "");
report("the database, each response", Math.round(statSync(file).size / responses), "octets");

const opening = performance.now();
const store = open(2 ** 31);
report("open", (performance.now() - opening).toFixed(1), "ms");
report("list of an unknown key", await each(50_000, (i) => void store.list(`nothing ${i}`)), "µs");
const looks = Math.min(responses, 200_000);
globalThis.gc?.();
const before = process.memoryUsage();
report("list, from the database", await each(looks, (i) => void store.list(key(spread(i)))), "µs");
globalThis.gc?.();
const after = process.memoryUsage();
report("memory, each head", Math.round((after.heapUsed - before.heapUsed) / looks), "octets");
report("resident memory, each head", Math.round((after.rss - before.rss) / looks), "octets");
report("list, from memory", await each(looks, (i) => void store.list(key(spread(i)))), "µs");
const hot = await Promise.resolve(store.list(key(1)));
await store.open(hot[0]!);
report(
  "list and open of one key, from memory",
  await each(1_000_000, () => void store.open((store.list(key(1)) as StoredResponse[])[0]!)),
  "µs",
);
await store.close();

/** How long a purge of everything takes, and the longest that a request waits for its turn meanwhile. */
async function purged(store: Store, mode: "soft" | "hard"): Promise<string> {
  const cache = createCache({ store, shared: true, now: Date.now, events: { fault: console.error } });
  let [longest, purging, last] = [0, true, performance.now()];
  const turns = (async () => {
    while (purging) {
      await new Promise(setImmediate);
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    }
  })();
  const started = performance.now();
  const met = await purge(cache, { prefix: "pypi " }, mode);
  const seconds = (performance.now() - started) / 1000;
  purging = false;
  await turns;
  if (met !== responses) throw new Error(`it met ${met} of ${responses}`);
  return `${seconds.toFixed(1)}  ${longest.toFixed(1)}`;
}
const usual = open(64 * MiB);
for (const mode of ["soft", "hard"] as const)
  report(`purge of all, ${mode}; the longest wait meanwhile`, await purged(usual, mode), "s, ms");
await usual.close();
rmSync(folder, { recursive: true });
