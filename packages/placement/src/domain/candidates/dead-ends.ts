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
  /** by depth and seat: which choices from that depth on have the seat among their options */
  #usable: string[][] | undefined;

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
    budget.left -= this.#problem.seats.length;
    this.#usable ??= usable(this.#problem);
    const use = this.#usable[depth]!;
    const seats: string[] = [];
    for (let seat = 0; seat < use.length; seat++)
      if (use[seat] !== "") seats.push(`${use[seat]}:${this.#rules.map((rule) => rule.seat(seat)).join(";")}`);
    return `${depth}|${this.#rules.map((rule) => rule.rest()).join(";")}|${seats.sort().join("|")}`;
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

function usable({ choices, seats }: Problem): string[][] {
  const byDepth: string[][] = [];
  let ahead = seats.map(() => "");
  for (let depth = choices.length - 1; depth >= 0; depth--) {
    ahead = [...ahead];
    for (const { seat } of choices[depth]!.options) ahead[seat] += `${depth},`;
    byDepth[depth] = ahead;
  }
  return byDepth;
}
