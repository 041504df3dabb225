import { DeadEnds } from "./dead-ends.ts";
import type { Option, Problem } from "./problem.ts";
import type { Rule } from "./rules.ts";

/** A bound for the work of one request. */
export interface Budget {
  /** steps that may still be made; counts down */
  left: number;
  /** failures at one anchor after which dead ends are remembered */
  readonly patience: number;
}

/**
 * All ways to choose one option for each part so that the rules hold, depth first, lazily. What is yielded is the
 * options chosen so far, by depth; it changes when the search goes on, so copy what you keep. Ends early when the
 * budget is spent.
 */
export function* search(problem: Problem, rules: readonly Rule[], budget: Budget): Generator<readonly Option[], void> {
  const { choices } = problem;
  const deadEnds = new DeadEnds(problem, rules, budget.patience);
  const chosen: Option[] = [];
  const next: number[] = [0];
  // by depth: how many were found when the search came there, and the state it came in
  const before: number[] = [0];
  const states: (string | undefined)[] = [undefined];
  let found = 0;
  for (;;) {
    const depth = chosen.length;
    const option = choices[depth]?.options[next[depth]!++];
    if (option === undefined) {
      if (depth === choices.length) {
        found++;
        yield chosen;
      } else if (found === before[depth]) {
        deadEnds.add(states[depth]);
      }
      const last = chosen.pop();
      if (last === undefined) return;
      for (const rule of rules) rule.undo(depth - 1, last);
      continue;
    }
    if (--budget.left < 0) return;
    if (!placeAll(rules, depth, option)) continue;
    chosen.push(option);
    const state = depth + 1 < choices.length ? deadEnds.state(depth + 1, budget) : undefined;
    if (deadEnds.has(state)) {
      chosen.pop();
      for (const rule of rules) rule.undo(depth, option);
      continue;
    }
    next[depth + 1] = 0;
    before[depth + 1] = found;
    states[depth + 1] = state;
  }
}

function placeAll(rules: readonly Rule[], depth: number, option: Option): boolean {
  for (let i = 0; i < rules.length; i++) {
    if (rules[i]!.place(depth, option)) continue;
    while (--i >= 0) rules[i]!.undo(depth, option);
    return false;
  }
  return true;
}
