import { type Choice, type Policy, type ResponseHead, targetedCacheControl } from "@larder/core";
import { isLike } from "@larder/formats";
import type { ProxyConfig } from "./config.ts";
import { type CachingConfig, isAboutTarget, type Override } from "./config-cache.ts";

const fits = (patterns: readonly string[] | undefined, text: string): boolean =>
  patterns === undefined || patterns.some((pattern) => isLike(pattern, text));

const mediaType = ({ fields }: ResponseHead): string =>
  (fields.get("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();

/** What a mount's configuration chooses for responses to requests that these overrides are about. */
function chooserOf(
  { negative, storeLimit }: CachingConfig,
  overrides: readonly Override[],
): NonNullable<Policy["choose"]> {
  return (response: ResponseHead): Choice | undefined => {
    const { status, fields } = response;
    const announced = fields.get("content-length");
    if (storeLimit !== undefined && announced !== undefined && Number(announced) > storeLimit)
      return { type: "too-long" };
    if (status >= 400) {
      const seconds =
        negative.get(String(status)) ?? (isAboutTarget(status) ? negative.get(`${String(status)[0]}xx`) : undefined);
      return seconds === undefined ? undefined : { type: "negative", seconds };
    }
    const override = overrides.find(({ types }) => fits(types, mediaType(response)));
    return override && { type: "override", seconds: override.fresh };
  };
}

/**
 * The policy for each path below a mount: `base`, with what its configuration chooses. Paths that the same overrides are
 * about have the same policy, so that what is known under it need not be worked out again.
 * @returns for a target of the mount's upstream
 */
export function policyByTarget(base: Policy, { caching, upstream }: ProxyConfig): (target: string) => Policy {
  if (caching === undefined) return () => base;
  const { overrides, negative, storeLimit, cacheControl } = caching;
  const targets = cacheControl === undefined ? base.targets : [targetedCacheControl(cacheControl), ...base.targets];
  const own: Policy = { ...base, targets };
  if (overrides.length === 0 && negative.size === 0 && storeLimit === undefined) return () => own;
  const known = new Map<string, Policy>();
  return (target) => {
    const path = target.slice(upstream.href.length).split("?", 1)[0]!;
    const about = overrides.filter(({ paths }) => fits(paths, path));
    const key = about.map((override) => overrides.indexOf(override)).join();
    const policy = known.get(key) ?? { ...own, choose: chooserOf(caching, about) };
    known.set(key, policy);
    return policy;
  };
}

/**
 * The policy for an index's pages, with what its configuration chooses. That there is no such page is only certain when
 * the index itself says so, and not where it led to.
 */
export function pagePolicy(base: Policy, caching: CachingConfig | undefined): Policy {
  if (caching === undefined || caching.negative.size === 0) return base;
  const choose = chooserOf(caching, []);
  return {
    ...base,
    // who followed a redirect says so
    choose: (response) => (response.fields.has("content-location") ? undefined : choose(response)),
  };
}
