import { type Answer, noContent } from "../api/answer.ts";
import type { Call } from "../api/call.ts";
import { reshape } from "../domain/reshape.ts";
import type { World } from "../domain/world.ts";
import { type ConsumerBody, wishOf as consumerWish } from "./allocations.ts";
import { type InventoryBody, wishesOf } from "./inventories.ts";

interface ReshaperBody {
  readonly inventories: Readonly<
    Record<
      string,
      {
        readonly resource_provider_generation: number;
        readonly inventories: Readonly<Record<string, InventoryBody>>;
      }
    >
  >;
  readonly allocations: Readonly<Record<string, ConsumerBody>>;
}

/** POST /reshaper */
export function postReshaper(call: Call, world: World): Answer {
  const body = call.body<ReshaperBody>();
  const inventories = Object.entries(body.inventories).map(([uuid, wish]) => ({
    uuid,
    generation: wish.resource_provider_generation,
    inventories: wishesOf(wish.inventories),
  }));
  const consumers = Object.entries(body.allocations).map(([uuid, consumer]) => consumerWish(uuid, consumer));
  return noContent(reshape(world, inventories, consumers, call.now));
}
