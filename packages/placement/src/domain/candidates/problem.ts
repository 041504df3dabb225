import type { Provider } from "../world-model.ts";
import { type Part, suits } from "./parts.ts";

/** A provider that can stand for a part. */
export interface Option {
  readonly provider: Provider;
  /** number of the provider in this problem */
  readonly seat: number;
  /** for each resource of the part, which of the problem's rooms it is taken from */
  readonly rooms: readonly number[];
}

/** A part with everything that can stand for it at this anchor. */
export interface Choice {
  readonly part: Part;
  readonly options: readonly Option[];
}

/** What has to be chosen at one anchor. */
export interface Problem {
  readonly anchor: Provider;
  /** the tightest first, and of equal ones those that depend on others first */
  readonly choices: readonly Choice[];
  /** provider by seat */
  readonly seats: readonly Provider[];
  /** for each inventory in play what may be taken from it in all: free capacity, and no more than max_unit */
  readonly rooms: number[];
  /** the class that each room is of */
  readonly classes: readonly number[];
  /** the rooms of each seat */
  readonly roomsOfSeat: readonly (readonly number[])[];
}

/**
 * What there is to choose at an anchor, or undefined where some part finds nobody.
 * `reach` = the providers in reach of the anchor; `trees[i]` = the root that `in_tree` of part i means;
 * `bound` = the suffixes that `same_subtree` binds together.
 */
export function problemAt(
  anchor: Provider,
  parts: readonly Part[],
  reach: Iterable<Provider>,
  trees: readonly (Provider | undefined)[],
  bound: ReadonlySet<string>,
): Problem | undefined {
  const options: Option[][] = parts.map(() => []);
  const seats: Provider[] = [];
  const rooms: number[] = [];
  const classes: number[] = [];
  const roomsOfSeat: number[][] = [];
  for (const provider of reach) {
    let known: Map<number, number> | undefined;
    for (const part of parts) {
      if (!suits(part, provider, anchor, trees[part.index])) continue;
      if (known === undefined) {
        known = new Map();
        seats.push(provider);
        roomsOfSeat.push([]);
      }
      const seat = seats.length - 1;
      const taken: number[] = [];
      for (const [classId] of part.resources) {
        let room = known.get(classId);
        if (room === undefined) {
          const { capacity, used, maxUnit } = provider.inventories.get(classId)!;
          room = rooms.push(Math.min(capacity - used, maxUnit)) - 1;
          classes.push(classId);
          known.set(classId, room);
          roomsOfSeat[seat]!.push(room);
        }
        taken.push(room);
      }
      options[part.index]!.push({ provider, seat, rooms: taken });
    }
  }
  if (options.some((found) => found.length === 0)) return undefined;
  const choices = parts.map((part) => ({ part, options: options[part.index]! }));
  const ties = ({ part }: Choice) => (bound.has(part.group.suffix) ? 0 : 1);
  choices.sort((a, b) => a.options.length - b.options.length || ties(a) - ties(b));
  return { anchor, choices, seats, rooms, classes, roomsOfSeat };
}
