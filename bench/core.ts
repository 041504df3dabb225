// `npm run bench:core [-- --rounds N] [-- --milliseconds N]`: decisions per second about a stored response, ours
// (`onRequest`) and http-cache-semantics' (`satisfiesWithoutRevalidation`, and `revalidationHeaders` where it says no), for the same messages, in turn within one run.
// Both must decide alike about each message before anything is measured.
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { type Context, Fields, onRequest, plainPolicy, type StoredResponse } from "@larder/core";
import CachePolicy from "http-cache-semantics";
import { median } from "./wrk.ts";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, milliseconds: { type: "string", default: "500" } },
});
const rounds = Number(options.rounds);
const milliseconds = Number(options.milliseconds);
if (!(rounds >= 1 && milliseconds >= 1)) throw new Error("--rounds and --milliseconds want numbers of 1 or more");

const target = "http://files.example/a";
const now = Math.floor(Date.now() / 1000) * 1000;
const date = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toUTCString();

/** What a browser or an installer sends, and what a server of files answers. */
const request = {
  host: "files.example",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "accept-language": "en-US,en;q=0.5",
  "accept-encoding": "gzip, deflate, br, zstd",
  connection: "keep-alive",
};
const response = {
  date: date(30),
  age: "30",
  server: "nginx",
  "content-type": "text/html; charset=utf-8",
  "content-length": "1024",
  "last-modified": date(86_400),
  etag: '"5f3c-1a2b"',
  "cache-control": "public, max-age=600",
  "accept-ranges": "bytes",
};

type Lines = Readonly<Record<string, string>>;
const cases: readonly {
  readonly name: string;
  readonly request: Lines;
  readonly response: Lines;
  readonly hit: boolean;
}[] = [
  { name: "fresh", request, response, hit: true },
  { name: "Vary", request, response: { ...response, vary: "Accept-Encoding" }, hit: true },
  { name: "max-age asked", request: { ...request, "cache-control": "max-age=60" }, response, hit: true },
  { name: "no-cache asked", request: { ...request, "cache-control": "no-cache" }, response, hit: false },
  { name: "stale", request, response: { ...response, "cache-control": "public, max-age=10" }, hit: false },
];

const context: Context = { now, shared: true, policy: plainPolicy };
const rawOf = (lines: Lines) => Object.entries(lines).flat();
const headOf = (raw: readonly string[]) => ({ method: "GET", target, fields: Fields.fromRaw([...raw]) });

/** Ours: the response as a store has it. */
function stored(raw: readonly string[], asked: Lines): StoredResponse {
  const fields = Fields.fromRaw([...raw]);
  return {
    id: "1",
    cacheKey: target,
    method: "GET",
    status: 200,
    fields,
    varying: fields.has("vary") ? [["accept-encoding", asked["accept-encoding"]?.split(", ").sort().join(", ")]] : [],
    requestTime: now - 30_000,
    responseTime: now - 30_000,
    content: { length: 1024, sha256: "0".repeat(64) },
    contentSince: now - 30_000,
    verifiedAt: now - 30_000,
    invalid: false,
  };
}

/** Theirs: at the same time, with the response had half a minute ago. */
class Theirs extends CachePolicy {
  now(): number {
    return now;
  }
}
const asked = (lines: Lines) => ({ url: "/a", method: "GET", headers: { ...lines } });
const theirs = (one: (typeof cases)[number]) =>
  new Theirs(asked(one.request), { status: 200, headers: { ...one.response } }, { shared: true });

/** A decision of theirs: where it is no, with the request that must be sent, which ours has too. */
function decided(policy: CachePolicy, request: ReturnType<typeof asked>): boolean {
  if (policy.satisfiesWithoutRevalidation(request)) return true;
  policy.revalidationHeaders(request);
  return false;
}

/** How much is done anew for each decision; each gives whether the stored response answers. */
const depths: readonly {
  readonly name: string;
  readonly make: (one: (typeof cases)[number]) => { readonly larder: () => boolean; readonly semantics: () => boolean };
}[] = [
  {
    name: "both parsed before",
    make(one) {
      const [head, list] = [headOf(rawOf(one.request)), [stored(rawOf(one.response), one.request)]];
      const [policy, theirRequest] = [theirs(one), asked(one.request)];
      return {
        larder: () => onRequest(head, list, context).type === "serve",
        semantics: () => decided(policy, theirRequest),
      };
    },
  },
  {
    name: "request from raw fields",
    make(one) {
      const [raw, list] = [rawOf(one.request), [stored(rawOf(one.response), one.request)]];
      const policy = theirs(one);
      return {
        larder: () => onRequest(headOf(raw), list, context).type === "serve",
        semantics: () => decided(policy, asked(one.request)),
      };
    },
  },
  {
    name: "all from raw fields",
    make(one) {
      const [raw, rawStored] = [rawOf(one.request), rawOf(one.response)];
      return {
        larder: () => onRequest(headOf(raw), [stored(rawStored, one.request)], context).type === "serve",
        semantics: () => decided(theirs(one), asked(one.request)),
      };
    },
  },
];

/** Decisions per second. */
function measure(decide: () => boolean): number {
  let count = 0;
  const started = performance.now();
  let passed = 0;
  while (passed < milliseconds) {
    for (let i = 0; i < 1000; i++) decide();
    count += 1000;
    passed = performance.now() - started;
  }
  return (count / passed) * 1000;
}

const say = (rates: readonly number[]) =>
  `${(median(rates) / 1e6).toFixed(2)} M/s (${(Math.min(...rates) / 1e6).toFixed(2)}–${(Math.max(...rates) / 1e6).toFixed(2)})`;

for (const depth of depths) {
  console.log(`\n${depth.name}`);
  for (const one of cases) {
    const { larder, semantics } = depth.make(one);
    assert.deepEqual([larder(), semantics()], [one.hit, one.hit], `${one.name}: they must decide alike`);
    measure(larder);
    measure(semantics);
    const rates = { larder: [] as number[], semantics: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      rates.larder.push(measure(larder));
      rates.semantics.push(measure(semantics));
    }
    const times = median(rates.larder) / median(rates.semantics);
    console.log(
      `  ${one.name.padEnd(14)} larder ${say(rates.larder)}, http-cache-semantics ${say(rates.semantics)}: ${times.toFixed(1)} ×`,
    );
  }
}
