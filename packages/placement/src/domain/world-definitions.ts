import type { Definition } from "./world-model.ts";

/** Resource classes or traits: names and their small ids, in the order of ids. */
export class Definitions {
  #byId = new Map<number, Definition>();
  readonly #ids = new Map<string, number>();
  #highest = -1;

  /** By id, ascending. */
  get byId(): ReadonlyMap<number, Definition> {
    return this.#byId;
  }

  /** The id of a name; undefined = there is no such class or trait. */
  id(name: string): number | undefined {
    return this.#ids.get(name);
  }

  named(name: string): Definition | undefined {
    const id = this.#ids.get(name);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** The name of an id that something in the world uses. */
  name(id: number): string {
    return this.#byId.get(id)!.name;
  }

  put({ id, name, modified }: Omit<Definition, "changed">, changed: number): void {
    const known = this.#byId.get(id);
    if (known !== undefined) this.#ids.delete(known.name);
    this.#byId.set(id, { id, name, modified, changed });
    this.#ids.set(name, id);
    // a standard name that a newer release brings stands before the custom ones
    if (id < this.#highest) this.#byId = new Map([...this.#byId].sort(([a], [b]) => a - b));
    this.#highest = Math.max(this.#highest, id);
  }

  remove(id: number): void {
    const known = this.#byId.get(id);
    if (known !== undefined) this.#ids.delete(known.name);
    this.#byId.delete(id);
  }
}
