// `npm run conformance:placement-differential [-- --requests N] [-- --seed N] [-- --survey] [-- --real URL --ours URL]`:
// random sequences of requests, the same to the real Placement service and to ours, from the same empty start; status,
// fields and bodies must be alike, or the difference is a choice (differential/choices.ts).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as fc from "fast-check";
import { type Call, callsOf } from "./differential/call.ts";
import { choices, type Exchange } from "./differential/choices.ts";
import { differences, type Service } from "./differential/compare.ts";
import { asked, building, kinds } from "./differential/kinds.ts";
import { richWorld } from "./differential/rich.ts";
import { clear, fill, Names, plain, send } from "./differential/send.ts";
import { strange } from "./differential/strange.ts";
import { startOurs, startReal } from "./placement-services.ts";
import { root } from "./process.ts";

const { values: options } = parseArgs({
  options: {
    requests: { type: "string", default: "100000" },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
    real: { type: "string", default: "" },
    ours: { type: "string", default: "" },
    /** `wild` or `rich`; left out = both sorts of sequences */
    only: { type: "string", default: "" },
    /** go on after an unexplained difference, and print one of each sort */
    survey: { type: "boolean", default: false },
  },
});
const told = readFileSync(join(root, "packages/placement/CHOICES.md"), "utf8").split("\n");
for (const { name } of choices)
  if (!told.includes(`### ${name}`))
    throw new Error(`the choice "${name}" does not stand in packages/placement/CHOICES.md`);

/** of a sequence, on average */
const length = 240;
async function service(base: string): Promise<Service> {
  const { fields } = await send(base, plain("GET", "/resource_classes/VCPU"));
  return { base, born: fields["last-modified"] };
}
const services = [
  await service(options.ours || (await startOurs()).url),
  await service(options.real || (await startReal(["--workers", "1"])).url),
] as const;
const bases = services.map(({ base }) => base);

const named = (...names: string[]) => building.filter(({ name }) => names.includes(name));
const at139 = (of: typeof kinds) =>
  fc.oneof(...of.map((one) => ({ weight: one.weight, arbitrary: callsOf(one, fc.constant(39)) })));
const upTo = (maxLength: number, call: fc.Arbitrary<Call>) => fc.array(call, { maxLength, size: "max" });
const any = (of: typeof kinds) => fc.oneof(...of.map((one) => ({ weight: one.weight, arbitrary: callsOf(one) })));
/** A sequence builds a world first: definitions, providers, what they have; then anything may happen. */
const wild = fc
  .tuple(
    upTo(8, at139(named("put trait", "put class"))),
    upTo(30, at139(named("create provider"))),
    upTo(50, at139(building)),
    upTo(400, fc.oneof({ weight: 6, arbitrary: any(kinds) }, { weight: 1, arbitrary: fc.oneof(...strange) })),
  )
  .map((stages) => stages.flat());
/** Or it builds one without mistakes, and asks for candidates above all. */
const rich = fc
  .tuple(richWorld, upTo(300, fc.oneof({ weight: 30, arbitrary: any(asked) }, { weight: 1, arbitrary: any(kinds) })))
  .map((stages) => stages.flat());
const sorts = { wild, rich };
const sequences = options.only in sorts ? sorts[options.only as keyof typeof sorts] : fc.oneof(wild, rich);

const seen = {
  requests: 0,
  candidates: 0,
  kinds: new Map<string, number>(),
  choices: new Map<string, number>(),
  statuses: new Map<number, number>(),
};
const count = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1);
const printed = new Set<string>();

interface Finding {
  readonly call: Call;
  readonly exchange: Exchange;
}

let sequenceNumber = Number(options.seed) * 1000;

/** Plays a sequence on both; the first difference that no choice explains, if there is one. */
async function play(sequence: readonly Call[]): Promise<Finding | undefined> {
  const id = (++sequenceNumber % 0x1000000).toString(16).padStart(6, "0");
  const names = new Names(id);
  if (process.stderr.isTTY || options.survey) console.error(`${new Date().toISOString()} ${seen.requests} requests`);
  await Promise.all(bases.map(clear));
  for (const call of sequence) {
    const sent = await fill(call, names, services[0].base);
    const [ours, real] = await Promise.all(bases.map((base) => send(base, sent)));
    seen.requests++;
    count(seen.kinds, call.kind);
    count(seen.statuses, real!.status);
    if (real!.text.startsWith('{"allocation_requests": [{')) seen.candidates++;
    const found = differences(ours!, real!, services);
    // the real one may keep a consumer that holds nothing (a choice), after which the two have little in common
    if (call.method !== "GET" && sequenceNumber % 8 > 0) await names.renew(call, services[0].base);
    if (found.length === 0) continue;
    const exchange = { sent, ours: ours!, real: real!, differences: found };
    const choice = choices.find(({ explains }) => explains(exchange));
    if (choice === undefined) return { call, exchange };
    count(seen.choices, choice.name);
    if (choice.parts) return undefined;
  }
  return undefined;
}

const inWords = ({ call, exchange: { sent, differences: found } }: Finding) =>
  [
    `${call.kind}: ${sent.method} ${sent.path} (${sent.fields["openstack-api-version"]})`,
    `  ${JSON.stringify(call.fields)} ${sent.content ?? ""}`,
    ...found.map(
      ({ where, ours, real }) => `  ${where}\n    ours ${JSON.stringify(ours)}\n    real ${JSON.stringify(real)}`,
    ),
  ].join("\n");

/** Differences of one sort: the same kind of request, the same places, the same statuses. */
const sortOf = ({ call, exchange: { ours, real, differences: found } }: Finding) =>
  `${call.kind}: ${ours.status} ${real.status} ${found.map(({ where }) => where)}`;

const runs = Math.ceil(Number(options.requests) / length);
console.log(`seed ${options.seed}, ${runs} sequences of ${length} requests`);
const result = await fc.check(
  fc.asyncProperty(sequences, async (sequence) => {
    const finding = await play(sequence);
    if (finding === undefined) return true;
    if (!options.survey) throw new Error(inWords(finding));
    const sort = sortOf(finding);
    if (!printed.has(sort)) console.log(`${inWords(finding)}\n`);
    printed.add(sort);
    return true;
  }),
  { seed: Number(options.seed), numRuns: runs },
);
console.log(`${seen.requests} requests; statuses ${JSON.stringify(Object.fromEntries(seen.statuses))}`);
console.log(`${seen.candidates} answers with candidates`);
console.log(`kinds ${JSON.stringify(Object.fromEntries(seen.kinds))}`);
console.log(`choices ${JSON.stringify(Object.fromEntries(seen.choices))}`);
if (result.failed) {
  console.log(
    `the shortest sequence that shows it:\n${result.counterexample?.[0].map((call) => JSON.stringify(call)).join("\n")}`,
  );
  console.log(String(result.errorInstance));
  process.exit(1);
}
process.exit(0);
