import type { Problem } from "./problem.ts";
import type { CandidateRequest } from "./request.ts";

/**
 * Whether there is enough at the anchor at all: of each class as much as all parts want together, and with
 * `group_policy=isolate` as many providers as groups. Says no to most requests that are much too big, without a search.
 */
export function isEnough({ choices, rooms, classes, seats }: Problem, { groupPolicy }: CandidateRequest): boolean {
  const left = new Map<number, number>();
  for (let room = 0; room < rooms.length; room++) add(left, classes[room]!, rooms[room]!);
  for (const { part } of choices)
    for (const [classId, amount] of part.resources) if (add(left, classId, -amount) < 0) return false;
  if (groupPolicy !== "isolate") return true;
  const granular = choices.filter(({ part }) => !part.spread);
  if (granular.length > seats.length) return false;
  return granular.length <= new Set(granular.flatMap(({ options }) => options.map(({ seat }) => seat))).size;
}

function add(amounts: Map<number, number>, classId: number, amount: number): number {
  const sum = (amounts.get(classId) ?? 0) + amount;
  amounts.set(classId, sum);
  return sum;
}
