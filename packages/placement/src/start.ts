import type { AccessLog, Address, Logger } from "@larder/server";
import { createService, type ServiceOptions } from "./api/service.ts";
import { standards } from "./data/standards.ts";
import { missingStandards } from "./domain/definitions.ts";
import { type Listener, listen } from "./http/listener.ts";
import { SqliteState } from "./storage/sqlite-state.ts";

/** What a running service is made of. */
export interface PlacementOptions extends Omit<ServiceOptions, "state" | "now" | "onError"> {
  readonly listen: Address;
  /** SQLite file, or `:memory:` */
  readonly database: string;
  readonly log: Logger;
  readonly access?: AccessLog | undefined;
  /** octets of content that a request may have */
  readonly mostContentBytes?: number;
}

/**
 * Opens the database, sees to the standard classes and traits, and listens.
 * @throws {StateFailure} for the database, or the error of node:net for the address
 */
export async function startPlacement(options: PlacementOptions): Promise<Listener> {
  const { log } = options;
  const state = new SqliteState(options.database);
  try {
    await state.write((world) => ({ changes: missingStandards(world, standards, Date.now()), result: undefined }));
    const service = createService({
      ...options,
      state,
      now: Date.now,
      onError: (error, requestId) => log.error({ err: error, requestId }, "a request failed"),
    });
    const listener = await listen({ ...options, ...options.listen, service });
    return {
      url: listener.url,
      async close(graceMs) {
        await listener.close(graceMs);
        state.close();
      },
    };
  } catch (error) {
    state.close();
    throw error;
  }
}
