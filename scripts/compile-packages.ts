import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The packages that are published. */
export const published = ["core", "cache", "client", "origin"] as const;

/**
 * Writes JavaScript and declarations of the published packages' sources to `folder`/<package>/src.
 * Ends the process, with what the compiler says, when it can't.
 */
export function compilePackages(folder: string): void {
  const root = process.cwd();
  const config = join(root, "node_modules/.cache/larder-packages.json");
  mkdirSync(join(config, ".."), { recursive: true });
  const compilerOptions = { noEmit: false, declaration: true, rootDir: join(root, "packages"), outDir: folder };
  const include = published.map((name) => join(root, "packages", name, "src"));
  writeFileSync(config, JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, include }));
  const done = spawnSync("tsc", ["--project", config], { encoding: "utf8" });
  if (done.status === 0) return;
  console.error(done.error ?? done.stdout + done.stderr);
  process.exit(1);
}
