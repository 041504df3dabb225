import type { Seconds, Timestamp } from "@larder/core";
import type { IndexPolicy, Withheld } from "./policy.ts";

/** Why a file is withheld, in a sentence or two for who wanted it: what the rule is, since when, until when, what to do. */
export function explainWithheld(
  { file, because, until, rule, advisory, licences }: Withheld,
  policy: IndexPolicy,
): string {
  const { filename } = file;
  switch (because) {
    case "malicious":
      return `${filename} is reported as malicious (${advisory}), so this index doesn't offer it.`;
    case "blocked": {
      const why = rule?.because === undefined ? "" : `: ${rule.because}`;
      const end = until === undefined ? "" : ` until ${time(until)}`;
      return `${filename} is blocked by this index's policy${end}${why}.${licence(licences)}`;
    }
    case "not-allowed":
      return `${filename} is not among what this index's policy allows.${licence(licences)}`;
    case "pre-release":
      return `${filename} is a pre-release, which this index's policy hides.`;
    case "no-wheel":
      return `${filename} is no wheel, and this index's policy offers nothing else.`;
    case "upload-time-unknown":
      return (
        `${filename} has no known upload time, and this index's policy offers only what is ` +
        `${duration(policy.minimumAge ?? 0)} old; an exemption by name would let it through.`
      );
    case "too-new":
      return (
        `${filename} was uploaded at ${file.uploadTime}, and this index's policy offers only what is ` +
        `${duration(policy.minimumAge ?? 0)} old: it will be there from ${time(until ?? 0)} on.`
      );
  }
}

const licence = (licences: Withheld["licences"]): string =>
  licences === undefined ? "" : ` Its licence: ${licences.join(", ") || "it says none"}.`;

const time = (at: Timestamp) => new Date(at).toISOString().replace(/\.000Z$/, "Z");

const units: readonly (readonly [name: string, seconds: Seconds])[] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** A duration in the largest unit that it is a whole number of. */
function duration(seconds: Seconds): string {
  const [name, size] = units.find(([, size]) => seconds >= size && seconds % size === 0) ?? ["second", 1];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
