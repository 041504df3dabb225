// `npm run conformance:runtimes [-- NAME …]`: the tests of the portable packages on the oldest Node that we say we run
// on, on Bun and on Deno. Files that are named for Node (`*-node.test.ts`), or for undici, which is Node's own client,
// run on Node alone.
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./process.ts";
import { must } from "./venv.ts";

const pinned = ["node@24.0.0", "bun@1.4.3", "deno@2.9.6"];
const folder = join(root, ".runtimes");
const bin = (program: string) => join(folder, "node_modules", ".bin", program);
const seed = "./scripts/seed.ts";
const packages = ["core", "formats", "origin", "cache", "client"];

/** Makes `.runtimes` with the pinned runtimes, once, and again only when a pin changes. */
async function prepare(): Promise<void> {
  const stamp = join(folder, "installed");
  const wanted = pinned.join("\n");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.error(`larder: making .runtimes with ${pinned.join(", ")} (once; about half a minute) …`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const install = ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", ...pinned];
  await must(install, "is the package registry reachable?");
  writeFileSync(stamp, wanted);
}

interface Runtime {
  readonly command: (files: readonly string[]) => readonly string[];
  /** test files that only this one can run */
  readonly alone: readonly string[];
  /** what its last lines say: how many tests passed */
  readonly passed: RegExp;
}
const runtimes: Readonly<Record<string, Runtime>> = {
  node: {
    command: (files) => [bin("node"), "--import", seed, "--test", ...files],
    alone: [],
    passed: /^ℹ pass (\d+)/m,
  },
  bun: {
    command: (files) => [bin("bun"), "test", "--preload", seed, ...files.map((file) => `./${file}`)],
    alone: ["packages/origin/test/adapters/serve.ts"],
    passed: /^ *(\d+) pass/m,
  },
  deno: {
    command: (files) => [
      bin("deno"),
      "test",
      "--no-check",
      "--allow-all",
      "--node-modules-dir=manual",
      "--preload",
      seed,
      ...files,
    ],
    alone: ["packages/origin/test/adapters/serve.ts"],
    passed: /\((\d+) steps\)/g,
  },
};

await prepare();
const asked = process.argv.slice(2);
const env = { ...(process.env as Record<string, string>), NO_COLOR: "1", DENO_DIR: join(folder, "deno") };
let failed = 0;
for (const [name, { command, alone, passed }] of Object.entries(runtimes)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  for (const part of packages) {
    const files = globSync(`packages/${part}/test/**/*.test.ts`, { cwd: root })
      .filter((file) => name === "node" || !/-node\.test\.ts$|\/undici-[^/]*$/.test(file))
      .concat(alone.filter((file) => file.startsWith(`packages/${part}/`)))
      .sort();
    if (files.length === 0) continue;
    const { status, output, seconds } = await run(command(files), { env, seconds: 600 });
    const counts = [...output.matchAll(new RegExp(passed, "gm"))].map(([, count]) => Number(count));
    const ok = status === 0 && counts.length > 0;
    const count = counts.at(-1) ?? 0;
    console.log(
      `${ok ? "ok    " : "FAILED"} ${name.padEnd(5)} ${part.padEnd(8)} ${count} tests, ${seconds.toFixed(1)} s`,
    );
    if (!ok) console.log(output.slice(-8000));
    failed += ok ? 0 : 1;
  }
}
console.log(failed === 0 ? "the portable packages pass on every runtime" : `${failed} runs failed`);
process.exit(failed === 0 ? 0 : 1);
