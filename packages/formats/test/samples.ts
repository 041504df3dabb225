import { fileUrls, type Mount, type PageSource, type ProjectFile, type ProjectPage } from "../src/index.ts";

/** What the tests of pages start from. */
export const mount: Mount = { prefix: "/pypi/", upstream: new URL("https://index.example/simple/") };
export const paths = fileUrls(mount, "foo");
export const source: PageSource = { base: "https://index.example/simple/foo/", project: "foo" };

export const sha256 = "0123456789abcdef".repeat(4);
export const sha512 = "fedcba9876543210".repeat(8);
export const md5 = "0123456789abcdef".repeat(2);

export const file = (changes: Partial<ProjectFile> = {}): ProjectFile => ({
  filename: "foo-1.0-py3-none-any.whl",
  url: "https://files.example/packages/foo-1.0-py3-none-any.whl",
  hashes: { sha256 },
  yanked: false,
  ...changes,
});

export const page = (changes: Partial<ProjectPage> = {}): ProjectPage => ({
  name: "foo",
  apiVersion: "1.0",
  files: [file()],
  tracks: [],
  alternateLocations: [],
  ...changes,
});
