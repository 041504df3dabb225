/**
 * The whole state of Placement in memory, as the reads see it: a graph of objects with an index for every question.
 * It stands at one `number` of the change counter; `apply` brings it to the next. The database judges writes;
 * the world is told only what was committed, so it has no checks of its own and no undo.
 *
 * Three files say all: world-change.ts (what storage writes), world-model.ts (what readers see), and this one.
 */
import type { Change, ConsumerFact, InventoryRow, ProviderFact } from "./world-change.ts";
import { Definitions } from "./world-definitions.ts";
import type { CollectionStamps, Consumer, Provider } from "./world-model.ts";
import {
  add,
  attach,
  detach,
  hold,
  inventoriesOf,
  newProvider,
  type OwnAllocation,
  type OwnConsumer,
  type OwnProvider,
  reindex,
  release,
  type Writable,
} from "./world-nodes.ts";
import { Usages } from "./world-usages.ts";

const none: ReadonlySet<never> = new Set<never>();

export class World {
  /** the change counter up to which everything is applied; 0 = nothing yet */
  number = 0;
  readonly changed: Writable<CollectionStamps> = {
    classes: 0,
    traits: 0,
    providers: 0,
    inventories: 0,
    providerTraits: 0,
    aggregates: 0,
    allocations: 0,
  };
  readonly classes = new Definitions();
  readonly traits = new Definitions();
  /** totals by project, user and consumer type */
  readonly usages = new Usages();

  readonly #providers = new Map<string, OwnProvider>();
  readonly #consumers = new Map<string, OwnConsumer>();
  readonly #byName = new Map<string, OwnProvider>();
  readonly #byClass = new Map<number, Set<OwnProvider>>();
  readonly #byTrait = new Map<number, Set<OwnProvider>>();
  readonly #byAggregate = new Map<string, Set<OwnProvider>>();
  /** false while a snapshot is being read: only then may numbers go back */
  #settled = false;
  /** children that came before their parent, by the parent's uuid */
  readonly #waiting = new Map<string, Set<OwnProvider>>();

  /** Providers by uuid, in the order of creation. */
  get providers(): ReadonlyMap<string, Provider> {
    return this.#providers;
  }
  get consumers(): ReadonlyMap<string, Consumer> {
    return this.#consumers;
  }
  providerNamed(name: string): Provider | undefined {
    return this.#byName.get(name);
  }
  /** Who has an inventory of this class (even an empty one), this trait, this aggregate. */
  withClass(id: number): ReadonlySet<Provider> {
    return this.#byClass.get(id) ?? none;
  }
  withTrait(id: number): ReadonlySet<Provider> {
    return this.#byTrait.get(id) ?? none;
  }
  inAggregate(uuid: string): ReadonlySet<Provider> {
    return this.#byAggregate.get(uuid) ?? none;
  }

  /**
   * Takes in what was committed under `number` of the change counter. Catching up: once per number, in order.
   *
   * Starting: a new world first takes a snapshot, that is every row as a fact under the number that the row was last
   * written under (in any order of numbers; classes, traits and providers before what names them), then
   * {@link settle}. Storage that keeps no number per row gives the snapshot's number to all; then tags are other
   * ones after each start, and in each process, but never wrong.
   *
   * Throws on a fact about a provider that was never put, which is a bug.
   */
  apply(number: number, changes: Iterable<Change>): void {
    for (const change of changes) {
      const kind = this.#take(change, number);
      this.changed[kind] = Math.max(this.changed[kind], number);
    }
    this.number = Math.max(this.number, number);
  }

  /** Ends the snapshot: the state is that of `number`, and what was removed before has left no trace in the stamps. */
  settle(number: number): void {
    this.number = number;
    for (const kind of Object.keys(this.changed) as (keyof CollectionStamps)[]) this.changed[kind] = number;
    for (const provider of this.#providers.values()) provider.allocationsChanged = number;
    this.usages.settle(number);
    this.#settled = true;
  }

  #take(change: Change, number: number): keyof CollectionStamps {
    switch (change.type) {
      case "class":
        this.classes.put(change, number);
        return "classes";
      case "trait":
        this.traits.put(change, number);
        return "traits";
      case "class-removed":
        this.classes.remove(change.id);
        return "classes";
      case "trait-removed":
        this.traits.remove(change.id);
        return "traits";
      case "provider":
        this.#putProvider(change, number);
        return "providers";
      case "provider-removed":
        this.#removeProvider(this.#known(change.uuid));
        return "providers";
      case "inventories": {
        const provider = this.#known(change.provider);
        this.#putInventories(provider, change.inventories);
        provider.inventoriesChanged = Math.max(provider.inventoriesChanged, number);
        return "inventories";
      }
      case "provider-traits": {
        const provider = this.#known(change.provider);
        const traits = new Set([...change.traits].sort((a, b) => a - b));
        reindex(this.#byTrait, provider, provider.traits, traits);
        provider.traits = traits;
        provider.traitsChanged = Math.max(provider.traitsChanged, number);
        return "providerTraits";
      }
      case "aggregates": {
        const provider = this.#known(change.provider);
        const aggregates = new Set(change.aggregates);
        reindex(this.#byAggregate, provider, provider.aggregates, aggregates);
        provider.aggregates = aggregates;
        provider.aggregatesChanged = Math.max(provider.aggregatesChanged, number);
        return "aggregates";
      }
      case "consumer":
        this.#putConsumer(change, number);
        return "allocations";
    }
  }

  #known(uuid: string): OwnProvider {
    const provider = this.#providers.get(uuid);
    if (provider === undefined) throw new Error(`a change names provider ${uuid}, which the world does not have`);
    return provider;
  }

  #putProvider(fact: ProviderFact, number: number): void {
    let provider = this.#providers.get(fact.uuid);
    const created = provider === undefined;
    if (provider === undefined) {
      provider = newProvider(fact);
      this.#providers.set(fact.uuid, provider);
    } else if (provider.name !== fact.name && this.#byName.get(provider.name) === provider) {
      this.#byName.delete(provider.name);
    }
    this.#byName.set(fact.name, provider);
    provider.name = fact.name;
    provider.generation = fact.generation;
    provider.modified = fact.modified;
    provider.changed = Math.max(provider.changed, number);
    const parent = fact.parent === null ? undefined : this.#providers.get(fact.parent);
    if (fact.parent !== null && parent === undefined) add(this.#waiting, fact.parent, provider);
    const moved = attach(provider, parent);
    // their answers show the root; a snapshot brings their own numbers
    if (this.#settled) for (const node of moved) node.changed = number;
    if (!created) return;
    for (const child of this.#waiting.get(fact.uuid) ?? []) attach(child, provider);
    this.#waiting.delete(fact.uuid);
  }

  #removeProvider(provider: OwnProvider): void {
    if (provider.children.size > 0 || provider.allocations.size > 0)
      throw new Error(`provider ${provider.uuid} is removed while it has children or allocations`);
    reindex(this.#byClass, provider, provider.inventories.keys(), []);
    reindex(this.#byTrait, provider, provider.traits, []);
    reindex(this.#byAggregate, provider, provider.aggregates, []);
    detach(provider);
    this.#providers.delete(provider.uuid);
    if (this.#byName.get(provider.name) === provider) this.#byName.delete(provider.name);
  }

  #putInventories(provider: OwnProvider, rows: readonly InventoryRow[]): void {
    const inventories = inventoriesOf(provider, rows);
    reindex(this.#byClass, provider, provider.inventories.keys(), inventories.keys());
    provider.inventories = inventories;
  }

  #putConsumer(fact: ConsumerFact, number: number): void {
    const before = this.#consumers.get(fact.uuid);
    if (before !== undefined) {
      this.usages.count(before, -1, number);
      for (const allocation of before.allocations) release(allocation, number);
      this.#consumers.delete(fact.uuid);
    }
    if (fact.allocations.length === 0) return;
    const { uuid, generation, project, user, consumerType } = fact;
    const allocations: OwnAllocation[] = [];
    const changed = Math.max(before?.changed ?? 0, number);
    const consumer: OwnConsumer = { uuid, generation, project, user, consumerType, allocations, changed };
    for (const row of fact.allocations) allocations.push(hold(consumer, this.#known(row.provider), row, number));
    this.#consumers.set(uuid, consumer);
    this.usages.count(consumer, 1, number);
  }
}
