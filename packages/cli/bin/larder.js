#!/usr/bin/env -S node --max-semi-space-size=8
// Young objects have 16 MB of memory and not 64: crowds made it grow, and hits are as fast (docs/performance.md).
// The one file that must run on any node: it says which node is needed, then hands over to the TypeScript sources.
// 24.5 is the first that can be told which authorities to trust (node:tls)
const needed = [24, 5];
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  console.error(
    `larder needs node ${needed.join(".")} or newer; this is node ${process.versions.node} (${process.execPath}). ` +
      "In a checkout 'npm ci' brings a newer one: run 'npx larder …' or 'npm start'.",
  );
  process.exit(1);
}
// garbage may become as much again as what is in use before it is collected, and not three times as much
(await import("node:v8")).setFlagsFromString("--heap-growing-percent=100");
// what was read and compiled once is kept by node, in its own folder for such things
(await import("node:module")).enableCompileCache();
await import("../src/larder.ts");
