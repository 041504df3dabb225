/** The fields of core metadata that an index looks at; of a field that stands there twice the first counts. */
export interface CoreFields {
  readonly metadataVersion?: string;
  readonly name?: string;
  readonly version?: string;
  /** a version specifier as written */
  readonly requiresPython?: string;
  /** lower-case names of the fields that a build may still change (PEP 643) */
  readonly dynamic: readonly string[];
}

/** Reads the values of a field in the head of core metadata, each with the further lines that it goes on in. */
export function fieldValues(content: Uint8Array): (name: string) => string[] {
  const [head = ""] = new TextDecoder().decode(content).split(/\r?\n\r?\n/, 1);
  return (name) => {
    const found = head.matchAll(new RegExp(`^${name}:(.*(?:\\r?\\n[ \\t].*)*)$`, "gim"));
    return Array.from(found, ([, value = ""]) => value.trim());
  };
}

/** The head of core metadata, read; whatever is given gives some fields or none. @param content of METADATA or PKG-INFO */
export function readCoreFields(content: Uint8Array): CoreFields {
  const values = fieldValues(content);
  const all = (name: string) => values(name).map((value) => value.split(/\r?\n/, 1)[0]!.trim());
  const [metadataVersion] = all("Metadata-Version");
  const [name] = all("Name");
  const [version] = all("Version");
  const [requiresPython] = all("Requires-Python");
  return {
    ...(metadataVersion !== undefined && { metadataVersion }),
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...(requiresPython && { requiresPython }),
    dynamic: all("Dynamic").map((field) => field.toLowerCase()),
  };
}

/** What a resolver reads of core metadata, besides name and version. */
const resolved = ["requires-dist", "requires-python", "provides-extra"];

/**
 * Whether a source distribution's metadata say already what its wheel's will say of names, versions and dependencies: so
 * it is from version 2.2 on, where none of these is dynamic (PEP 643). Name and version never are.
 */
export function isReliable({ metadataVersion = "", dynamic }: CoreFields): boolean {
  const [major = 0, minor = 0] = metadataVersion.split(".").map(Number);
  return (major > 2 || (major === 2 && minor >= 2)) && !dynamic.some((field) => resolved.includes(field));
}
