import type { Problem } from "./problem.ts";
import type { Rule } from "./rules.ts";

/** Remembered states at most, per anchor. */
const capacity = 50_000;

/**
 * Remembers from which states the search found nothing, so that it does not look again from an equal one. Providers
 * of which all rules say the same, and that the same parts ahead can use, are interchangeable: eight equal children
 * are one state, not 8! orders. Starts to work only after some failures, for most searches have none.
 */
export class DeadEnds {
  readonly #problem: Problem;
  readonly #rules: readonly Rule[];
  readonly #known = new Set<string>();
  readonly #patience: number;
  #failures = 0;
  #usable: number[][] | undefined;

  /** `patience`: how many failures are cheap enough to bear before it pays to remember them. */
  constructor(problem: Problem, rules: readonly Rule[], patience: number) {
    this.#problem = problem;
    this.#rules = rules;
    this.#patience = patience;
  }

  /**
   * The name of the present state, before a choice at `depth`, paid for in steps of the budget; undefined while names
   * are not worth their price.
   */
  state(depth: number, budget: { left: number }): string | undefined {
    if (this.#failures < this.#patience) return undefined;
    const { seats, choices } = this.#problem;
    if (this.#usable === undefined) {
      this.#usable = usable(this.#problem);
      budget.left -= seats.length * choices.length;
    }
    budget.left -= seats.length;
    const use = this.#usable[depth]!;
    const texts: string[] = [];
    for (let seat = 0; seat < use.length; seat++) {
      if (use[seat] === 0) continue;
      let text = `${use[seat]}`;
      for (const rule of this.#rules) text += `:${rule.seat(seat)}`;
      texts.push(text);
    }
    return `${depth}|${this.#rules.map((rule) => rule.rest()).join(";")}|${texts.sort().join("|")}`;
  }

  has(state: string | undefined): boolean {
    return state !== undefined && this.#known.has(state);
  }

  /** Nothing came of the state. */
  add(state: string | undefined): void {
    this.#failures++;
    if (state !== undefined && this.#known.size < capacity) this.#known.add(state);
  }
}

/**
 * By depth and seat: a number for the set of choices from that depth on that have the seat among their options. The
 * same number, the same set; 0 = the empty one.
 */
function usable({ choices, seats }: Problem): number[][] {
  const sets = new Map<string, number>();
  const byDepth: number[][] = [];
  let ahead = seats.map(() => 0);
  for (let depth = choices.length - 1; depth >= 0; depth--) {
    ahead = [...ahead];
    for (const { seat } of choices[depth]!.options) {
      const name = `${ahead[seat]} ${depth}`;
      const known = sets.get(name) ?? sets.size + 1;
      sets.set(name, known);
      ahead[seat] = known;
    }
    byDepth[depth] = ahead;
  }
  return byDepth;
}
