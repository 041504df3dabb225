// Writes src/data/standards.ts anew: the names of standard traits and resource classes, as the PyPI packages os-traits
// and os-resource-classes list them. Usage: node scripts/update-standards.ts [PYTHON]; PYTHON has both installed.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const python = process.argv[2] ?? "python3";
const ask = `
import json, importlib.metadata as m, os_traits, os_resource_classes
print(json.dumps({
  "versions": {name: m.version(name) for name in ("os-traits", "os-resource-classes")},
  "traits": sorted(set(os_traits.get_traits())),
  "classes": list(os_resource_classes.STANDARDS)}))`;

const facts = JSON.parse(execFileSync(python, ["-c", ask], { encoding: "utf8" })) as {
  versions: Record<string, string>;
  traits: string[];
  classes: string[];
};
const lines = (names: readonly string[]): string => names.map((name) => `    "${name}",\n`).join("");
const said = Object.entries(facts.versions)
  .map(([name, version]) => `${name} ${version}`)
  .join(" and ");
writeFileSync(
  join(import.meta.dirname, "../src/data/standards.ts"),
  `// Made by scripts/update-standards.ts from ${said}. The order of classes is their order of ids; it only ever grows.

/** The standard resource classes and traits: names that clouds agree on. */
export const standards: { readonly classes: readonly string[]; readonly traits: readonly string[] } = {
  classes: [
${lines(facts.classes)}  ],
  traits: [
${lines(facts.traits)}  ],
};
`,
);
console.log(`${facts.classes.length} classes, ${facts.traits.length} traits (${said})`);
