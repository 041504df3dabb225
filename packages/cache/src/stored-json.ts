import { Fields, type StoredResponse } from "@larder/core";

/** A stored response as plain values that JSON can hold. */
export function storedToJson({ fields, ...rest }: StoredResponse): object {
  return { ...rest, fields: fields.raw };
}

/**
 * The way back from `storedToJson`.
 * @param value what was parsed
 * @returns undefined for what was no stored response
 */
export function storedFromJson(value: unknown): StoredResponse | undefined {
  try {
    const { fields, varying, verifiedAt, ...rest } = value as Written;
    return {
      ...rest,
      // heads of before 0.2 say only since when their content was there
      verifiedAt: verifiedAt ?? rest.contentSince,
      // JSON has no undefined in lists
      varying: varying.map(([name, value]) => [name, value ?? undefined]),
      fields: Fields.fromRaw(fields),
    };
  } catch {
    return undefined;
  }
}

/** A stored response in JSON, if it is one. */
type Written = Omit<StoredResponse, "fields" | "varying" | "verifiedAt"> & {
  readonly verifiedAt?: number;
  readonly fields: string[];
  readonly varying: readonly (readonly [name: string, value: string | null])[];
};
