import type { Timestamp } from "@larder/core";

/**
 * What is not to be trusted without asking: everything, or some URLs, or all that begin with a prefix. Both are compared
 * as absolute URLs, as `new URL(…).href` writes them.
 */
export type Refresh = "all" | readonly ({ readonly url: string } | { readonly prefix: string })[];

/** Remembers since when what must have been validated. */
export class Refreshing {
  readonly #rules: { readonly matches: (url: string) => boolean; readonly since: Timestamp }[] = [];

  /** From now on what was stored before `since` must be validated before it is used. */
  add(refresh: Refresh, since: Timestamp): void {
    if (refresh === "all") {
      this.#rules.length = 0;
      this.#rules.push({ matches: () => true, since });
      return;
    }
    for (const rule of refresh) {
      if ("prefix" in rule) this.#rules.push({ matches: (url) => url.startsWith(rule.prefix), since });
      else {
        const { href } = new URL(rule.url);
        this.#rules.push({ matches: (url) => url === href, since });
      }
    }
  }

  /** @returns since when a stored response of this URL must have been validated; undefined: nothing was said of it */
  since(url: string): Timestamp | undefined {
    let latest: Timestamp | undefined;
    for (const { matches, since } of this.#rules)
      if ((latest === undefined || since > latest) && matches(url)) latest = since;
    return latest;
  }
}
