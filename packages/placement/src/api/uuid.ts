/**
 * UUIDs as the API reads them: bodies and queries take them without dashes, in upper case, in braces or as a URN;
 * paths compare them as text.
 */

const stripped = /^[0-9a-f]{32}$/;

function digits(text: string): string {
  if (text.length > 60) return "";
  return text
    .replace(/^\{+|\}+$/g, "")
    .replaceAll("urn:", "")
    .replaceAll("uuid:", "")
    .replaceAll("-", "")
    .toLowerCase();
}

export function isUuidLike(text: string): boolean {
  return stripped.test(digits(text));
}

/** Lower case with four dashes. @param text for which {@link isUuidLike} holds */
export function normaliseUuid(text: string): string {
  const hex = digits(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
