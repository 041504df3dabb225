/** Custom resource classes and traits, and the standard ones that a database must have. */
import { badRequest, conflict, notFound, nothingThere } from "../refusal.ts";
import { type Now, noSuchClass } from "./facts.ts";
import type { World } from "./world.ts";
import type { Change } from "./world-change.ts";
import type { Definition } from "./world-model.ts";

/** Where the ids of custom definitions begin; below stand the standard ones. */
const firstCustom = { class: 10_000, trait: 100_000 } as const;

type Kind = keyof typeof firstCustom;

const all = (world: World, kind: Kind): ReadonlyMap<number, Definition> =>
  (kind === "class" ? world.classes : world.traits).byId;

/** A new custom class or trait. @param name of which is known that it is a custom one, and not there yet */
export function define(world: World, kind: Kind, name: string, now: Now): Change[] {
  const highest = Math.max(firstCustom[kind] - 1, ...[...all(world, kind).keys()].slice(-1));
  return [{ type: kind, id: highest + 1, name, modified: now }];
}

/** What is missing of the standard classes and traits, in the order of the lists; they are never taken away. */
export function missingStandards(
  world: World,
  standard: { readonly classes: readonly string[]; readonly traits: readonly string[] },
  now: Now,
): Change[] {
  const changes: Change[] = [];
  for (const [id, name] of standard.classes.entries())
    if (world.classes.id(name) === undefined) changes.push({ type: "class", id, name, modified: now });
  const taken = [...world.traits.byId.keys()].filter((id) => id < firstCustom.trait);
  let next = Math.max(-1, ...taken) + 1;
  for (const name of standard.traits)
    if (world.traits.id(name) === undefined) changes.push({ type: "trait", id: next++, name, modified: now });
  return changes;
}

/** @throws {Refusal} 404 */
export function classOf(world: World, name: string): Definition {
  const found = world.classes.named(name);
  if (found === undefined) throw nothingThere(noSuchClass(name));
  return found;
}

/** @throws {Refusal} 404 */
export function traitOf(world: World, name: string): Definition {
  const found = world.traits.named(name);
  if (found === undefined) throw notFound(`No such trait(s): ${name}.`);
  return found;
}

/** @throws {Refusal} 409 the name is taken */
export function createClass(world: World, name: string, now: Now): Change[] {
  if (world.classes.id(name) !== undefined) throw conflict(`Conflicting resource class already exists: ${name}`);
  return define(world, "class", name, now);
}

/** Below 1.7. @throws {Refusal} 400 it is a standard one, 409 the new name is taken */
export function renameClass(world: World, { id, name: before }: Definition, name: string, now: Now): Change[] {
  if (id < firstCustom.class) throw badRequest(`Cannot update standard resource class ${before}`);
  const other = world.classes.id(name);
  if (other !== undefined && other !== id) throw conflict(`Resource class already exists: ${name}`);
  return [{ type: "class", id, name, modified: now }];
}

/** @throws {Refusal} 404; 400 it is a standard one; 409 an inventory of it exists */
export function deleteClass(world: World, name: string): Change[] {
  const { id } = classOf(world, name);
  const says = "Error in delete resource class: Cannot delete";
  if (id < firstCustom.class) throw badRequest(`${says} standard resource class ${name}.`);
  if (world.withClass(id).size > 0) throw conflict(`${says} resource class ${name}. Class is in use in inventory.`);
  return [{ type: "class-removed", id }];
}

/** @throws {Refusal} 404; 400 it is a standard one; 409 a provider has it */
export function deleteTrait(world: World, name: string): Change[] {
  const { id } = traitOf(world, name);
  if (id < firstCustom.trait) throw badRequest(`Cannot delete standard trait ${name}.`);
  if (world.withTrait(id).size > 0) throw conflict(`The trait ${name} is in use by a resource provider.`);
  return [{ type: "trait-removed", id }];
}
