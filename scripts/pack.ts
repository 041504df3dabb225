// `npm run pack [-- --out FOLDER]`: builds what is published (JavaScript and declarations from the sources that run here
// as they are), packs each package as npm would, and checks the tarballs with publint and "are the types wrong".

import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { compilePackages, published } from "./compile-packages.ts";

const { values: options } = parseArgs({ options: { out: { type: "string" } } });
const out = options.out ?? mkdtempSync(join(tmpdir(), "larder-pack-"));

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly devDependencies?: unknown;
}

function run(program: string, args: readonly string[], cwd?: string): string {
  const done = spawnSync(program, args, { encoding: "utf8", ...(cwd && { cwd }) });
  if (done.status === 0) return done.stdout;
  console.error(done.error ?? done.stdout + done.stderr);
  process.exit(1);
}

/** @returns the tarball */
function pack(name: string, built: string): string {
  const from = join("packages", name);
  const folder = join(out, name);
  mkdirSync(folder, { recursive: true });
  cpSync(join(built, name, "src"), join(folder, "dist"), { recursive: true });
  // declarations name each other as the sources do; who reads them looks for JavaScript
  for (const file of globSync(join(folder, "dist/**/*.d.ts"))) {
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/((?:from|import\()\s*"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"'));
  }
  for (const file of ["README.md", "LICENSE"]) cpSync(globSync([join(from, file), file])[0]!, join(folder, file));
  const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(join(from, "package.json"), "utf8")) as Manifest;
  const entries = Object.entries(manifest.exports).filter(([, source]) => source.startsWith("./src/"));
  const exports = Object.fromEntries(
    entries.map(([entry, source]) => {
      const base = source.replace("./src/", "./dist/").replace(/\.ts$/, "");
      return [entry, { types: `${base}.d.ts`, default: `${base}.js` }];
    }),
  );
  writeFileSync(
    join(folder, "package.json"),
    `${JSON.stringify({ ...manifest, exports, files: ["dist"] }, undefined, 2)}\n`,
  );
  return join(out, run("npm", ["pack", "--silent", "--pack-destination", out], folder).trim());
}

/** What is wrong with a tarball, as people read it. */
async function faultsOf(name: string, tarball: string): Promise<string[]> {
  const folder = join(out, name);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const { messages } = await publint({ pkgDir: folder, pack: false, strict: true });
  const types = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
  // ESM alone, by intention: Node's require can load it, so the note that it would need import is left out
  const problems = types.types
    ? types.problems.filter(({ kind }) => kind !== "CJSResolvesToESM")
    : [{ kind: "NoTypes" }];
  return [
    ...messages.map((message) => `publint: ${formatMessage(message, manifest)}`),
    ...problems
      .filter((problem) => !("resolutionKind" in problem && problem.resolutionKind === "node10"))
      .map((problem) => `attw: ${JSON.stringify(problem)}`),
  ];
}

const built = join(out, "built");
compilePackages(built);
let count = 0;
for (const name of published) {
  const tarball = pack(name, built);
  const faults = await faultsOf(name, tarball);
  count += faults.length;
  console.log(`${tarball}: ${faults.length === 0 ? "right" : ""}`);
  for (const fault of faults) console.log(`  ${fault}`);
}
if (options.out === undefined) rmSync(out, { recursive: true });
process.exit(count === 0 ? 0 : 1);
