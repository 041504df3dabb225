import { validRange } from "@renovatebot/pep440";
import { type CoreFields, isReliable, readCoreFields } from "./core-fields.ts";
import { isWheel } from "./core-metadata.ts";
import { distributionVersion } from "./file-name.ts";
import { isProjectName, normalizeName } from "./names.ts";
import { isSameVersion, isVersion, normalizeVersion } from "./versions.ts";

/** What an uploader says of a file besides its content, as the fields of the upload API have it. */
export interface UploadSaid {
  readonly filename: string;
  readonly name?: string;
  readonly version?: string;
  /** `bdist_wheel` or `sdist` */
  readonly filetype?: string;
}

/** A distribution whose name and metadata go together. */
export interface Distribution {
  readonly kind: "wheel" | "sdist";
  /** normalised name (PEP 503) */
  readonly project: string;
  /** in its normal form (PEP 440) */
  readonly version: string;
  /** the same for all spellings of one file name: two files of a release must not differ in spelling alone */
  readonly key: string;
  readonly requiresPython?: string;
  /** whether its metadata are those of whatever is installed from it, so that they can be offered (PEP 643, 658) */
  readonly isFinal: boolean;
}

/** The kind of a file that an index takes, by its name (PEP 427, 625). @returns a sentence where it is none */
export function uploadKind(filename: string): Distribution["kind"] | { readonly fault: string } {
  if (!/^[A-Za-z0-9][A-Za-z0-9._+!-]{0,254}$/.test(filename))
    return { fault: "The file's name holds characters that no distribution's name has (PEP 427, 625)." };
  if (isWheel(filename)) return "wheel";
  if (filename.endsWith(".tar.gz")) return "sdist";
  return { fault: `${filename} is neither a wheel (.whl) nor a source distribution (.tar.gz).` };
}

/** What is held against each other. */
interface Claims {
  readonly said: UploadSaid;
  readonly kind: Distribution["kind"];
  readonly fields: CoreFields;
  /** by the metadata; empty where they say none */
  readonly project: string;
  /** by the file's name; undefined where it is another project's, or has none */
  readonly fileVersion: string | undefined;
}

const filetypes = { wheel: "bdist_wheel", sdist: "sdist" } as const;

/** What must hold of an upload, in order; the first that doesn't is the reason to refuse it. */
const rules: readonly (readonly [holds: (claims: Claims) => boolean, fault: (claims: Claims) => string])[] = [
  [
    ({ said, kind }) => said.filetype === undefined || said.filetype === filetypes[kind],
    ({ said, kind }) =>
      `${said.filename} is ${filetypes[kind]} by its name, and not ${said.filetype} as the upload says.`,
  ],
  [
    ({ fields }) => /^[12]\.\d+$/.test(fields.metadataVersion ?? ""),
    ({ said, fields }) =>
      fields.metadataVersion === undefined
        ? `The metadata in ${said.filename} have no Metadata-Version, so they are no core metadata.`
        : `The metadata in ${said.filename} are of version ${fields.metadataVersion}, which is not known here.`,
  ],
  [
    ({ fields }) => fields.name !== undefined && isProjectName(fields.name),
    ({ said, fields }) => `The metadata in ${said.filename} give the name ${fields.name ?? "of nothing"} (PEP 508).`,
  ],
  [
    ({ fields }) => isVersion(fields.version),
    ({ said, fields }) =>
      `The metadata in ${said.filename} give ${fields.version ?? "no version"}, no version (PEP 440).`,
  ],
  [
    ({ fileVersion }) => fileVersion !== undefined,
    ({ said, fields }) => `${said.filename} is no file name of the project ${fields.name}, which its metadata name.`,
  ],
  [
    ({ fields, fileVersion }) => isSameVersion(fileVersion!, fields.version!),
    ({ said, fields }) => `${said.filename} is no file name of version ${fields.version}, which its metadata name.`,
  ],
  [
    ({ said, project }) => said.name === undefined || normalizeName(said.name) === project,
    ({ said, fields }) => `The upload says ${said.name}, the metadata in ${said.filename} say ${fields.name}.`,
  ],
  [
    ({ said, fields }) => said.version === undefined || isSameVersion(said.version, fields.version!),
    ({ said, fields }) =>
      `The upload says version ${said.version}, the metadata in ${said.filename} ${fields.version}.`,
  ],
  [
    ({ said, kind }) => kind === "sdist" || /^(?:-\d[\w.]*)?(?:-[\w.]+){3}\.whl$/i.test(afterVersion(said.filename)),
    ({ said }) => `${said.filename} has a build tag or compatibility tags that no wheel has (PEP 427).`,
  ],
  [
    ({ fields }) => fields.requiresPython === undefined || validRange(fields.requiresPython),
    ({ said, fields }) =>
      `The metadata in ${said.filename} say Requires-Python: ${fields.requiresPython}, no specifier (PEP 440).`,
  ],
];

/** Of a wheel's name what follows the version: `-py3-none-any.whl`. */
function afterVersion(filename: string): string {
  const second = filename.indexOf("-", filename.indexOf("-") + 1);
  return second < 0 ? "" : filename.slice(second);
}

/**
 * Holds what an uploader says, the file's name and the metadata within it against each other (PEP 427, 440, 503, 625).
 * @param kind by `uploadKind`
 * @param metadata the file's own METADATA or PKG-INFO
 * @returns what it is, or what is wrong in a sentence
 */
export function readUpload(
  said: UploadSaid,
  kind: Distribution["kind"],
  metadata: Uint8Array,
): Distribution | { readonly fault: string } {
  const fields = readCoreFields(metadata);
  const project = normalizeName(fields.name ?? "");
  const claims: Claims = { said, kind, fields, project, fileVersion: distributionVersion(said.filename, project) };
  const broken = rules.find(([holds]) => !holds(claims));
  if (broken !== undefined) return { fault: broken[1](claims) };
  const version = normalizeVersion(fields.version!);
  const rest = kind === "wheel" ? afterVersion(said.filename) : ".tar.gz";
  return {
    kind,
    project,
    version,
    key: `${project}-${version}${rest.toLowerCase()}`,
    isFinal: kind === "wheel" || isReliable(fields),
    ...(fields.requiresPython !== undefined && { requiresPython: fields.requiresPython }),
  };
}
