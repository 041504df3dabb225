import type { World } from "../world.ts";
import type { Provider } from "../world-model.ts";

/** The standard trait that makes a provider share its inventory with all trees that have a member in its aggregates. */
export const sharingTrait = "MISC_SHARES_VIA_AGGREGATE";

/** Which providers give to which trees other than their own. */
export class Sharing {
  readonly #world: World;
  readonly #providers: ReadonlySet<Provider>;
  readonly #byAggregate = new Map<string, Provider[]>();

  constructor(world: World) {
    this.#world = world;
    const trait = world.traits.id(sharingTrait);
    this.#providers = trait === undefined ? new Set() : world.withTrait(trait);
    for (const provider of this.#providers) {
      for (const aggregate of provider.aggregates) {
        const known = this.#byAggregate.get(aggregate);
        if (known === undefined) this.#byAggregate.set(aggregate, [provider]);
        else known.push(provider);
      }
    }
  }

  /** Whether a provider shares at all. */
  has(provider: Provider): boolean {
    return this.#providers.has(provider);
  }

  /** Everything that a candidate of this anchor may use: its tree, and what is shared with any member of the tree. */
  reach(anchor: Provider): ReadonlySet<Provider> {
    if (this.#byAggregate.size === 0) return anchor.tree;
    const reach = new Set(anchor.tree);
    for (const member of anchor.tree)
      for (const aggregate of member.aggregates)
        for (const provider of this.#byAggregate.get(aggregate) ?? []) reach.add(provider);
    return reach;
  }

  /** The anchors that reach at least one of the providers, each once. */
  *anchors(providers: Iterable<Provider>): Generator<Provider> {
    const seen = new Set<Provider>();
    const aggregates = new Set<string>();
    for (const provider of providers) {
      if (!seen.has(provider.root)) {
        seen.add(provider.root);
        yield provider.root;
      }
      if (!this.#providers.has(provider)) continue;
      for (const aggregate of provider.aggregates) {
        if (aggregates.has(aggregate)) continue;
        aggregates.add(aggregate);
        for (const { root } of this.#world.inAggregate(aggregate)) {
          if (seen.has(root)) continue;
          seen.add(root);
          yield root;
        }
      }
    }
  }
}
