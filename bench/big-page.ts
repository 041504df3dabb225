// The page of a project with very many files, as an index would send it.

const hex = (number: number) => ((number + 1) * 0x9e3779b1).toString(16).padStart(64, "0a7c");

function file(index: number, full: boolean): object {
  const version = `${index >> 8}.${(index >> 4) & 15}.0`;
  const digest = hex(index);
  const filename = full
    ? `big_project-${version}-cp3${index & 15}-cp3${index & 15}-manylinux_2_17_x86_64.whl`
    : `big_project-${version}.zip`;
  const folder = full ? `${digest.slice(-4, -2)}/${digest.slice(-2)}/${digest.slice(0, 60)}` : `p/${index}`;
  const metadata = { sha256: hex(index * 3) };
  return {
    filename,
    url: `https://files.example/${folder}/${filename}`,
    hashes: { sha256: digest },
    size: index * 100,
    ...(full && {
      "requires-python": ">=3.8",
      "upload-time": "2024-01-02T03:04:05.123456Z",
      yanked: false,
      "core-metadata": metadata,
      "dist-info-metadata": metadata,
    }),
  };
}

/**
 * The page of `big-project` in JSON (PEP 691).
 * @param full with all that a big public index says of a file, else as lean as PEP 700 allows
 */
export function bigPage(count: number, full: boolean): Uint8Array {
  const files = Array.from({ length: count }, (_, index) => file(index, full));
  const meta = { "api-version": "1.1" };
  return new TextEncoder().encode(JSON.stringify({ meta, name: "big-project", versions: ["1.0"], files }));
}
