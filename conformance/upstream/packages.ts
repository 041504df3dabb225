// Python packages made on the spot: small, pure, the same bytes each time they are made.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { zipSync } from "fflate";
import { scratch } from "../process.ts";

export interface Package {
  readonly filename: string;
  readonly content: Uint8Array;
  /** of the content, lower-case hexadecimal */
  readonly sha256: string;
  /** the METADATA file that PEP 658 serves beside a wheel */
  readonly metadata?: Uint8Array;
  /** what the index says of its upload (PEP 700); left out = nothing */
  readonly uploadTime?: string;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** Text that looks random and doesn't compress well, the same for the same seed. */
export function noise(seed: string, length: number): string {
  let text = "";
  for (let i = 0; text.length < length; i++) text += createHash("sha256").update(`${seed} ${i}`).digest("base64");
  return text.slice(0, length);
}

export const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

const metadata = (name: string, version: string, requires: readonly string[]) => [
  `Metadata-Version: 2.1`,
  `Name: ${name}`,
  `Version: ${version}`,
  ...requires.map((r) => `Requires-Dist: ${r}`),
  "",
];

/**
 * A wheel (PEP 427) with one module that knows its version and carries a payload of its own.
 * @param build another build of the same version has another payload
 * @param octets of the payload
 */
export function wheel(
  name: string,
  version: string,
  requires: readonly string[] = [],
  build = "1",
  octets = 200_000,
): Package {
  const module = name.replaceAll("-", "_");
  const about = bytes(metadata(name, version, requires).join("\n"));
  const info = `${module}-${version}.dist-info`;
  const files: Record<string, Uint8Array> = {
    [`${module}/__init__.py`]: bytes(`__version__ = "${version}"\n`),
    [`${module}/payload.txt`]: bytes(payload(name, version, build, octets)),
    [`${info}/METADATA`]: about,
    [`${info}/WHEEL`]: bytes("Wheel-Version: 1.0\nGenerator: larder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
  };
  const record = Object.entries(files).map(([path, content]) => {
    const digest = createHash("sha256").update(content).digest("base64url");
    return `${path},sha256=${digest},${content.length}`;
  });
  files[`${info}/RECORD`] = bytes([...record, `${info}/RECORD,,`, ""].join("\n"));
  const content = zipSync(files, { mtime: new Date("2026-01-01T00:00:00") });
  return { filename: `${module}-${version}-py3-none-any.whl`, content, sha256: sha256(content), metadata: about };
}

/** What the module's `payload.txt` holds. */
export const payload = (name: string, version: string, build = "1", octets = 200_000) =>
  noise(`${name} ${version} ${build}`, octets);

/** A source distribution (PEP 625) that brings its own build backend, so that building it needs no network. */
export function sdist(name: string, version: string): Package {
  const module = name.replaceAll("-", "_");
  const top = `${module}-${version}`;
  const built = wheel(name, version);
  const folder = scratch("sdist");
  const files: Record<string, string | Uint8Array> = {
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    "backend.py": [
      "import os, shutil",
      "def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):",
      "    here = os.path.dirname(os.path.abspath(__file__))",
      `    shutil.copy(os.path.join(here, "${built.filename}"), wheel_directory)`,
      `    return "${built.filename}"`,
      "",
    ].join("\n"),
    "PKG-INFO": metadata(name, version, []).join("\n").replace("2.1", "2.2"),
    [built.filename]: built.content,
  };
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, top, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const plain = ["--sort=name", "--mtime=2026-01-01", "--owner=0", "--group=0", "--numeric-owner"];
  const content = execFileSync("tar", ["-C", folder, ...plain, "-czf", "-", top], { maxBuffer: 1 << 24 });
  return { filename: `${top}.tar.gz`, content, sha256: sha256(content) };
}
