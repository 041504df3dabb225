import { isLike, normalizeName } from "@larder/formats";
import { type Fault, fault, isFault, type Kind, kinds } from "@larder/server";

/** Names that come from one member of a group, and never from another. */
export interface Owner {
  /** normalised; `*` stands for any text */
  readonly names: readonly string[];
  /** the member's prefix */
  readonly member: string;
}

/** A table of names by the member that owns them: `{ "/private/" = ["acme-*", "wiki"] }`. */
export const ownersKind: Kind<readonly Owner[]> = {
  placeholder: "TABLE",
  read(value): readonly Owner[] | Fault {
    const wanted = fault('expected a table of names by member, for example { "/private/" = ["acme-*", "wiki"] }');
    if (typeof value !== "object" || value === null || Array.isArray(value)) return wanted;
    const owners: Owner[] = [];
    for (const [member, said] of Object.entries(value)) {
      const names = kinds.texts.read(said, "");
      if (isFault(names)) return wanted;
      const odd = names.find((name) => !/^[a-z0-9*](?:[a-z0-9._*-]*[a-z0-9*])?$/i.test(name));
      if (odd !== undefined) return fault(`expected names of projects, * for any text, which ${odd} is not`);
      owners.push({ names: names.map(normalizeName), member });
    }
    return owners;
  },
};

/** The prefix of the member that a name belongs to by configuration; the first that has it. @param project normalised */
export const ownerOf = (owners: readonly Owner[], project: string): string | undefined =>
  owners.find(({ names }) => names.some((pattern) => isLike(pattern, project)))?.member;
