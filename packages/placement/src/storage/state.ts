import type { World } from "../domain/world.ts";
import type { Change } from "../domain/world-change.ts";

/** What a write amounts to: the facts to keep, and whatever the caller wants to know. */
export interface Decision<T> {
  readonly changes: readonly Change[];
  readonly result: T;
}

/**
 * The state of the service: a world to read, and writes that are judged one after the other against the world as it
 * then is and kept in a database. Handlers see nothing else of storage. Every implementation passes the contract
 * suite (`test/state-contract.ts`).
 */
export interface State {
  /**
   * What the numbers of the change counter count in; entity tags hold it. Whoever opens the database gives it a new
   * one, which all who have it open take over: after a return to an older copy numbers come again, but not under it.
   */
  readonly id: string;
  /** The world with everything that was committed before the call, by whichever process. */
  read(): World;
  /**
   * Judges and keeps. `decide` sees the world with everything that came before, and no one writes in between; what it
   * throws is thrown to the caller, and nothing is kept.
   * @returns its result, once the facts are on disk
   * @throws {StateFailure} when they can't be kept
   */
  write<T>(decide: (world: World) => Decision<T>): Promise<T>;
  close(): void;
}

/** The database can't be opened, or read, or written. */
export class StateFailure extends Error {
  override readonly name = "StateFailure";
}
