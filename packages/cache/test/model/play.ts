import fc from "fast-check";
import { nodeHasher } from "../../src/hasher-node.ts";
import { memoryStore } from "../../src/memory-store.ts";
import type { Store } from "../../src/store.ts";
import { type History, histories, type Step } from "./history.ts";
import { Run, type Tally } from "./run.ts";

/** The most steps of a history. */
const longest = 30;

export interface Played {
  histories: number;
  steps: number;
  /** how often an answer was right, and by what right */
  readonly tally: Tally;
}

interface Options {
  /** how many histories */
  readonly histories: number;
  /** what they are made from; left out, what fast-check takes */
  readonly seed?: number;
  /** a store for all of them, where nothing is held back; left out, one in memory for each */
  readonly store?: Store;
}

let spaces = 0;

/**
 * Random histories on a cache and on the model.
 * @throws the smallest history that fast-check finds to an answer that the model forbids
 */
export async function play({ histories: numRuns, seed, store }: Options): Promise<Played> {
  const played: Played = { histories: 0, steps: 0, tally: new Map() };
  await fc.assert(
    fc.asyncProperty(histories(longest), async (history) => {
      const given = store === undefined ? history : withoutHolds(history);
      const used = store ?? memoryStore({ maxBytes: 1 << 20, hasher: nodeHasher });
      await new Run(history.kind, used, played.tally, `history ${spaces++} `).play(given);
      played.histories++;
      played.steps += history.steps.length;
    }),
    { numRuns, ...(seed !== undefined && { seed }) },
  );
  return played;
}

/** A store that works with threads does not say when it has come to rest, so nothing may wait for a later step. */
function withoutHolds(history: History): History {
  const steps = history.steps.map((step): Step => (step.does === "ask" ? { ...step, holds: "nothing" } : step));
  return { ...history, steps };
}
