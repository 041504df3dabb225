/**
 * The rules that providers chosen for several parts must keep together, each as a guard that follows the search:
 * it says no as soon as what is chosen so far cannot become a candidate, whatever comes.
 */
import type { Provider } from "../world-model.ts";
import { hasAny } from "./parts.ts";
import type { Option, Problem } from "./problem.ts";
import type { CandidateRequest } from "./request.ts";

export interface Rule {
  /** The option is chosen at this depth. False = impossible; the rule then stands as before. */
  place(depth: number, option: Option): boolean;
  /** Takes the last place() back. */
  undo(depth: number, option: Option): void;
  /** What the rule knows about a seat: equal texts, equal possibilities (see dead-ends.ts). */
  seat(seat: number): string;
  /** What the rule knows beside that. */
  rest(): string;
}

/** Amounts of all parts on the same provider and class together stay within free capacity and max_unit. */
function capacity({ rooms, classes, choices, roomsOfSeat }: Problem): Rule {
  const give = (depth: number, option: Option, sign: number) => {
    const { resources } = choices[depth]!.part;
    for (let i = 0; i < resources.length; i++) rooms[option.rooms[i]!]! += sign * resources[i]![1];
  };
  return {
    place(depth, option) {
      const { resources } = choices[depth]!.part;
      for (let i = 0; i < resources.length; i++) if (rooms[option.rooms[i]!]! < resources[i]![1]) return false;
      give(depth, option, -1);
      return true;
    },
    undo: (depth, option) => give(depth, option, 1),
    seat: (seat) => roomsOfSeat[seat]!.map((room) => `${classes[room]}:${rooms[room]}`).join(),
    rest: () => "",
  };
}

/** `group_policy=isolate`: no provider serves two groups with a suffix, the ones without resources included. */
function isolate({ choices, seats }: Problem): Rule {
  const taken: boolean[] = seats.map(() => false);
  return {
    place(depth, { seat }) {
      if (choices[depth]!.part.spread) return true;
      if (taken[seat]) return false;
      taken[seat] = true;
      return true;
    },
    undo(depth, { seat }) {
      if (!choices[depth]!.part.spread) taken[seat] = false;
    },
    seat: (seat) => (taken[seat] ? "t" : ""),
    rest: () => "",
  };
}

/** Traits that the group without suffix requires: its providers have them, together. */
function traitsTogether({ choices, seats }: Problem, required: readonly (readonly number[])[]): Rule {
  const has = seats.map((provider) => required.map((anyOf) => hasAny(provider.traits, anyOf)));
  // whether a choice at this depth or deeper can still bring the trait
  const ahead: boolean[][] = [required.map(() => false)];
  for (const { part, options } of choices.toReversed()) {
    const after = ahead[0]!;
    ahead.unshift(after.map((can, i) => can || (part.spread && options.some(({ seat }) => has[seat]![i]))));
  }
  const count = required.map(() => 0);
  const add = (depth: number, seat: number, sign: number) => {
    if (choices[depth]!.part.spread) for (let i = 0; i < count.length; i++) if (has[seat]![i]) count[i]! += sign;
  };
  return {
    place(depth, { seat }) {
      add(depth, seat, 1);
      if (count.every((times, i) => times > 0 || ahead[depth + 1]![i])) return true;
      add(depth, seat, -1);
      return false;
    },
    undo: (depth, { seat }) => add(depth, seat, -1),
    seat: (seat) => has[seat]!.map(Number).join(""),
    rest: () => count.map((times) => (times > 0 ? "t" : "f")).join(""),
  };
}

/** `same_subtree`: of the providers chosen for these groups, one is above all others, or the same. */
function sameSubtree({ choices, seats }: Problem, suffixes: readonly string[]): Rule {
  const concerned = choices.map(({ part }) => suffixes.includes(part.group.suffix));
  const above = lineages(seats);
  // what a choice deeper than this can still put on top
  const ahead: Set<number>[] = [];
  let later = new Set<number>();
  for (let depth = choices.length - 1; depth >= 0; depth--) {
    ahead[depth] = later;
    if (concerned[depth]) later = new Set([...later, ...choices[depth]!.options.map(({ seat }) => seat)]);
  }
  const chosen: number[] = [];
  // seats above, or the same as, all that is chosen so far
  const common: (readonly number[])[] = [];
  // equal leaves under the same seats are alike
  const parents = new Set(above.flatMap((line) => line.slice(1)));
  const kind = above.map((line, seat) => (parents.has(seat) ? `s${seat}` : line.slice(1).join()));
  return {
    place(depth, { seat }) {
      if (!concerned[depth]) return true;
      const still = common.at(-1)?.filter((top) => above[seat]!.includes(top)) ?? above[seat]!;
      if (!still.some((top) => top === seat || chosen.includes(top) || ahead[depth]!.has(top))) return false;
      chosen.push(seat);
      common.push(still);
      return true;
    },
    undo(depth) {
      if (!concerned[depth]) return;
      chosen.pop();
      common.pop();
    },
    seat: (seat) => `${kind[seat]}${chosen.includes(seat) ? "c" : ""}`,
    rest: () =>
      chosen
        .map((seat) => kind[seat])
        .sort()
        .join(" "),
  };
}

/** Below 1.29: whoever gives something is alone in its tree. */
function onePerTree({ choices, seats }: Problem): Rule {
  const givers = new Map<Provider, number[]>();
  const gives = (depth: number) => choices[depth]!.part.resources.length > 0;
  const roots = [...new Set(seats.map(({ root }) => root))];
  return {
    place(depth, { seat, provider }) {
      if (!gives(depth)) return true;
      const known = givers.get(provider.root);
      if (known === undefined) givers.set(provider.root, [seat]);
      else if (known.length > 0 && known[0] !== seat) return false;
      else known.push(seat);
      return true;
    },
    undo(depth, { provider }) {
      if (gives(depth)) givers.get(provider.root)!.pop();
    },
    seat(seat) {
      const { root } = seats[seat]!;
      const giver = givers.get(root)?.[0];
      return `${roots.indexOf(root)}${giver === undefined ? "free" : giver === seat ? "mine" : ""}`;
    },
    rest: () => "",
  };
}

/** For each seat itself and the seats above it. */
function lineages(seats: readonly Provider[]): number[][] {
  const seatOf = new Map(seats.map((provider, seat) => [provider, seat]));
  return seats.map((provider) => {
    const line: number[] = [];
    for (let at: Provider | undefined = provider; at !== undefined; at = at.parent) {
      const seat = seatOf.get(at);
      if (seat !== undefined) line.push(seat);
    }
    return line;
  });
}

/** The rules that matter for this request at this anchor. */
export function rulesFor(problem: Problem, request: CandidateRequest): Rule[] {
  const rules = [capacity(problem)];
  if (request.groupPolicy === "isolate") rules.push(isolate(problem));
  const together = request.groups.find(({ suffix }) => suffix === "")?.required ?? [];
  if (together.length > 0) rules.push(traitsTogether(problem, together));
  for (const suffixes of request.sameSubtree) rules.push(sameSubtree(problem, suffixes));
  if (!request.nested) rules.push(onePerTree(problem));
  return rules;
}
