// `npm run bench:core [-- --rounds N] [-- --milliseconds N]`: decisions per second of processor time about a stored
// response, ours and http-cache-semantics', for the same messages, in turn within one run.
//
// What each is asked for is the same: whether the stored response answers, and the fields of what is sent then, the
// response's with its Age or the validation's. `evaluateRequest` says both at once (`satisfiesWithoutRevalidation` is the
// same, thrown away); `onRequest` leaves Age and the hop-by-hop fields to its callers, so they are added here.
// Both must say alike before anything is measured. Raw fields are what node:http has in `rawHeaders`; from them comes
// `Fields` for us, and for the peer an object of lower-case names, as node makes `headers` of them.
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import {
  type Context,
  endToEnd,
  Fields,
  onRequest,
  plainPolicy,
  type RequestHead,
  type StoredResponse,
  varyingOf,
} from "@larder/core";
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

type Lines = Readonly<Record<string, string>>;

/** What a browser or an installer sends, and what a server of files answers. */
const request: Lines = {
  Host: "files.example",
  "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "Accept-Language": "en-US,en;q=0.5",
  "Accept-Encoding": "gzip, deflate, br, zstd",
  Connection: "keep-alive",
};
const response: Lines = {
  Date: date(30),
  Age: "30",
  Server: "nginx",
  "Content-Type": "text/html; charset=utf-8",
  "Content-Length": "1024",
  "Last-Modified": date(86_400),
  ETag: '"5f3c-1a2b"',
  "Cache-Control": "public, max-age=600",
  "Accept-Ranges": "bytes",
};

interface Case {
  readonly name: string;
  readonly request: Lines;
  readonly response: Lines;
  readonly hit: boolean;
}
const cases: readonly Case[] = [
  { name: "fresh", request, response, hit: true },
  { name: "Vary", request, response: { ...response, Vary: "Accept-Encoding" }, hit: true },
  { name: "max-age asked", request: { ...request, "Cache-Control": "max-age=60" }, response, hit: true },
  { name: "no-cache asked", request: { ...request, "Cache-Control": "no-cache" }, response, hit: false },
  { name: "stale", request, response: { ...response, "Cache-Control": "public, max-age=10" }, hit: false },
];

type Raw = readonly string[];
const rawOf = (lines: Lines): Raw => Object.entries(lines).flat();

const context: Context = { now, shared: true, policy: plainPolicy };
const headOf = (raw: Raw): RequestHead => ({ method: "GET", target, fields: Fields.fromRaw(raw) });

const content = { length: 1024, sha256: "0".repeat(64) };

/** Ours: the response as a store has it. */
function stored(raw: Raw, asked: RequestHead): StoredResponse {
  const head = { status: 200, fields: Fields.fromRaw(raw) };
  return {
    id: "1",
    cacheKey: target,
    method: "GET",
    status: head.status,
    fields: head.fields,
    varying: varyingOf(asked, head, plainPolicy),
    requestTime: now,
    responseTime: now,
    content,
    contentSince: now,
    verifiedAt: now,
    invalid: false,
  };
}

/** The fields of what is sent: to the client where `hit`, else to the upstream. */
interface Said<T> {
  readonly hit: boolean;
  readonly fields: T;
}

function ours(head: RequestHead, one: StoredResponse): Said<Fields> {
  const decision = onRequest(head, [one], context);
  switch (decision.type) {
    case "serve":
      return { hit: true, fields: decision.stored.fields.with({ age: String(Math.floor(decision.age)) }) };
    case "validate":
    case "forward":
      return { hit: false, fields: endToEnd(decision.request.fields) };
    case "refuse":
      throw new Error("nothing here is refused");
  }
}

type Headers = Record<string, string>;

class Theirs extends CachePolicy {
  now(): number {
    return now;
  }
}

const lowered = new Map<string, string>();

/** The lower case of the usual names is known to node, too. */
function lowerCase(name: string): string {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  lowered.set(name, name.toLowerCase());
  return lowerCase(name);
}

/** As node's `IncomingMessage.headers`. */
function headersOf(raw: Raw): Headers {
  const headers: Headers = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = lowerCase(raw[i]!);
    const before = headers[name];
    headers[name] = before === undefined ? raw[i + 1]! : `${before}, ${raw[i + 1]!}`;
  }
  return headers;
}

const asked = (raw: Raw) => ({ url: "/a", method: "GET", headers: headersOf(raw) });
const policyOf = (asked: CachePolicy.HttpRequest, raw: Raw) =>
  new Theirs(asked, { status: 200, headers: headersOf(raw) }, { shared: true });

function theirs(policy: CachePolicy, request: CachePolicy.HttpRequest): Said<Headers> {
  const { response, revalidation } = policy.evaluateRequest(request);
  return response === undefined
    ? { hit: false, fields: revalidation!.headers as Headers }
    : { hit: true, fields: response.headers as Headers };
}

interface Rivals {
  readonly larder: () => Said<Fields>;
  readonly semantics: () => Said<Headers>;
}
/** How much is done anew for each decision. */
const depths: readonly { readonly name: string; readonly make: (request: Raw, response: Raw) => Rivals }[] = [
  {
    name: "both parsed before",
    make(request, response) {
      const [head, theirRequest] = [headOf(request), asked(request)];
      const [one, policy] = [stored(response, head), policyOf(theirRequest, response)];
      return { larder: () => ours(head, one), semantics: () => theirs(policy, theirRequest) };
    },
  },
  {
    name: "request from raw fields",
    make(request, response) {
      const [one, policy] = [stored(response, headOf(request)), policyOf(asked(request), response)];
      return { larder: () => ours(headOf(request), one), semantics: () => theirs(policy, asked(request)) };
    },
  },
  {
    name: "all from raw fields",
    make: (request, response) => ({
      larder() {
        const head = headOf(request);
        return ours(head, stored(response, head));
      },
      semantics() {
        const head = asked(request);
        return theirs(policyOf(head, response), head);
      },
    }),
  },
];

/** Their fields but for the Date of a stored response, which the peer makes now (and RFC 9110 §6.6.1 does not). */
function mustSayAlike({ larder, semantics }: Rivals, { name, hit }: Case): void {
  const [own, other] = [larder(), semantics()];
  const lines = Object.fromEntries([...own.fields.names()].map((field) => [field, own.fields.get(field)]));
  const date = hit && { date: lines.date };
  assert.deepEqual({ hit: own.hit, fields: lines }, { hit, fields: { ...other.fields, ...date } }, name);
  assert.equal(other.hit, hit, name);
}

/** What was said last: work whose result nobody keeps could be left out. */
let said: unknown;

/** Decisions per second of processor time, the collector's included: what others do on the machine counts less so. */
function measure(decide: () => unknown): number {
  let count = 0;
  const before = process.cpuUsage();
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    for (let i = 0; i < 1000; i++) said = decide();
    count += 1000;
  }
  assert.ok(said);
  const { user, system } = process.cpuUsage(before);
  return (count / (user + system)) * 1e6;
}

const say = (rates: readonly number[]) =>
  `${(median(rates) / 1e6).toFixed(2)} M/s (${(Math.min(...rates) / 1e6).toFixed(2)}–${(Math.max(...rates) / 1e6).toFixed(2)})`;

for (const depth of depths) {
  console.log(`\n${depth.name}`);
  for (const one of cases) {
    const rivals = depth.make(rawOf(one.request), rawOf(one.response));
    mustSayAlike(rivals, one);
    measure(rivals.larder);
    measure(rivals.semantics);
    const rates = { larder: [] as number[], semantics: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      rates.larder.push(measure(rivals.larder));
      rates.semantics.push(measure(rivals.semantics));
    }
    const times = median(rates.larder) / median(rates.semantics);
    console.log(
      `  ${one.name.padEnd(14)} larder ${say(rates.larder)}, http-cache-semantics ${say(rates.semantics)}: ${times.toFixed(1)} ×`,
    );
  }
}
