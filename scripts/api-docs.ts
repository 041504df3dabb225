// `npm run api-docs [-- FOLDER]`: the published packages' functions, classes and types with their docstrings, one page for
// each package, in FOLDER (dist/api). Made from the declarations that are published, so it says what they say.
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { compilePackages, published } from "./compile-packages.ts";

const out = process.argv[2] ?? "dist/api";

interface Entry {
  readonly name: string;
  /** what the docstring says, as Markdown */
  readonly says: string;
  readonly declaration: string;
}

/** A docstring that begins a line, and the exported declaration after it, which ends before the next of either. */
const documented =
  /^\/\*\*\n?([\s\S]*?)\*\/\n(export (?:declare |default )*(?:async )?(?:abstract )?(?:function|class|interface|type|const) (\w+)[\s\S]*?)(?=^\/\*\*|^export |^declare |(?![\s\S]))/gm;

function entriesOf(text: string): Entry[] {
  return [...text.matchAll(documented)].map(([, says = "", declaration = "", name = ""]) => ({
    name,
    says: says
      .split("\n")
      .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
      .join("\n")
      .trim()
      .replace(/^@(\w+) ?/gm, "\n**$1** ")
      .trim(),
    declaration: declaration.trim(),
  }));
}

const built = mkdtempSync(join(tmpdir(), "larder-api-"));
compilePackages(built);
mkdirSync(out, { recursive: true });
for (const name of published) {
  const { exports, description } = JSON.parse(readFileSync(join("packages", name, "package.json"), "utf8"));
  const pages = globSync(join(built, name, "src/**/*.d.ts")).sort();
  const entries = pages.flatMap((file) => entriesOf(readFileSync(file, "utf8")).map((entry) => ({ ...entry, file })));
  const doors = Object.keys(exports).map((door) => `\`@larder/${name}${door.slice(1)}\``);
  const parts = entries
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(
      (e) => `## ${e.name}\n\n${e.says}\n\n\`\`\`ts\n${e.declaration}\n\`\`\`\n\n(${basename(e.file, ".d.ts")}.ts)\n`,
    );
  writeFileSync(
    join(out, `${name}.md`),
    `# @larder/${name}\n\n${description}. Import from ${doors.join(", ")}.\n\n${parts.join("\n")}`,
  );
  console.log(`${join(out, `${name}.md`)}: ${entries.length} entries`);
}
rmSync(built, { recursive: true });
