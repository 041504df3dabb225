// `npm run conformance:model [-- --steps 1000000] [-- --seed N|random]`: random histories on the cache and on the model of
// RFC 9111 in packages/cache/test/model. Fails at the first answer that the model forbids, with the smallest history
// that leads to it. The same seed gives the same histories.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSqliteStore } from "../packages/cache/src/sqlite-store-node.ts";
import { type Played, play } from "../packages/cache/test/model/play.ts";
import { scratch } from "./process.ts";

const { values: options } = parseArgs({
  options: { steps: { type: "string", default: "1000000" }, seed: { type: "string" } },
});
const steps = Number(options.steps);
// as with the tests (scripts/seed.ts): the same histories each time, unless others are asked for
const asked = options.seed ?? process.env.LARDER_SEED ?? "9110";
const seed = asked === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(asked);
if (!(steps > 0) || !Number.isInteger(seed)) throw new Error('--steps wants a whole number, --seed one or "random"');
console.log(`${steps} steps, seed ${seed}`);

/** Histories between two lines of progress, and how many of them are on the store in SQLite. */
const each = 5000;
const onSqlite = 50;

const folder = join(scratch("model"), "store");
const store = openSqliteStore({ folder, maxBytes: 64 << 20, memoryBytes: 16 << 20, onFault: () => undefined });
const started = performance.now();
const all: Played = { histories: 0, steps: 0, tally: new Map() };
for (let part = 0; all.steps < steps; part++) {
  const share = [
    { histories: each, seed: seed + 2 * part },
    { histories: onSqlite, seed: seed + 2 * part + 1, store },
  ];
  for (const some of share) {
    const played = await play(some);
    all.histories += played.histories;
    all.steps += played.steps;
    for (const [right, times] of played.tally) all.tally.set(right, (all.tally.get(right) ?? 0) + times);
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(`${all.steps} steps in ${all.histories} histories, ${seconds.toFixed(0)} s`);
}
await store.close();
const rights = [...all.tally].map(([right, times]) => `${times} ${right}`);
console.log(`no difference; answers that were right: ${rights.join(", ")}; seed ${seed}`);
