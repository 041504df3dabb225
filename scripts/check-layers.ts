// Import directions: which package may import which, which folders are pure, which ones must run without Node.
import { globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { init, parse } from "es-module-lexer";

const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  cache: ["core"],
  formats: ["core"],
  origin: ["core"],
  server: ["core"],
  client: ["core", "cache"],
  audit: ["core", "formats"],
  gateway: ["core", "cache", "formats", "origin", "server"],
  placement: ["core", "origin", "server"],
  cli: ["gateway", "formats", "placement", "audit", "server", "cache", "core"],
};
/** Pure: no clock, chance, network, file, environment or log. */
const pure = [/^packages\/core\/src\//, /^packages\/formats\/src\//, /^packages\/placement\/src\/domain\//];
/** Portable: no `node:` module. */
const portable = [
  ...pure,
  /^packages\/(?:cache|client)\/src\/(?!.*-node\.ts$)/,
  /^packages\/origin\/src\/(?!.*-node\.ts$)/,
];
const impure =
  /\b(Date\.now|Math\.random|performance\.now|setTimeout|setInterval|console\.|process\.|fetch\()|new Date\(\)/;

await init;
const faults: string[] = [];
for (const file of globSync("packages/*/src/**/*.ts").sort()) {
  const name = file.split("/")[1]!;
  const source = stripTypeScriptTypes(readFileSync(file, "utf8"));
  const [imports] = parse(source);
  for (const { specifier } of imports) {
    if (specifier == null) continue;
    const target = /^@larder\/([a-z]+)/.exec(specifier)?.[1];
    if (target !== undefined && !mayImport[name]?.includes(target))
      faults.push(`${file}: ${name} may not import ${target}`);
    if (specifier.startsWith("node:") && portable.some((folder) => folder.test(file)))
      faults.push(`${file}: must run without Node, so it may not import ${specifier}`);
    if (/^(\.\.\/){2,}[a-z]+\/src/.test(specifier))
      faults.push(`${file}: reach another package by its name, not ${specifier}`);
  }
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
  const found = pure.some((folder) => folder.test(file)) ? impure.exec(code) : null;
  if (found) faults.push(`${file}: is pure, so ${found[0]} must come in as an argument`);
}
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? "import directions hold" : `${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
