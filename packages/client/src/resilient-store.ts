import { type Content, memoryStore, type Store } from "@larder/cache";
import type { StoredResponse } from "@larder/core";

/** Octets of one response that are held for its readers when the store can't take it. */
const mostHeld = 64 << 20;
/** Responses that can't be opened and can't be removed, remembered so that they are not tried for ever. */
const mostHidden = 10_000;

/**
 * A store that can fail without any request failing for it: what can't be read isn't there, what can't be written is
 * for its readers alone.
 * @param onFault told of each failure
 */
export function resilient(store: Store, onFault: (what: string, error: unknown) => void): Store {
  const spare = memoryStore({ maxBytes: mostHeld });
  const hidden = new Set<string>();
  const spared = new WeakSet<object>();

  /** What the work gives; `otherwise` where it fails, now or later. */
  function attempt<T>(what: string, work: () => T | Promise<T>, otherwise: T): T | Promise<T> {
    const failed = (error: unknown) => {
      onFault(what, error);
      return otherwise;
    };
    try {
      const result = work();
      return result instanceof Promise ? result.catch(failed) : result;
    } catch (error) {
      return failed(error);
    }
  }
  const visible = (found: readonly StoredResponse[]) =>
    hidden.size === 0 ? found : found.filter(({ id }) => !hidden.has(id));
  const hide = (stored: StoredResponse) => {
    hidden.add(stored.id);
    if (hidden.size > mostHidden) hidden.delete(hidden.values().next().value!);
  };
  /** One that was listed and can't be opened must not be listed again: the look for it would never end. */
  const opened = (stored: StoredResponse, content: Content | undefined): Content | undefined => {
    if (content === undefined) hide(stored);
    return content;
  };

  return {
    list(cacheKey) {
      const found = attempt<readonly StoredResponse[]>("looking into the store", () => store.list(cacheKey), []);
      return found instanceof Promise ? found.then(visible) : visible(found);
    },
    open(stored) {
      const content = attempt<Content | undefined>("reading from the store", () => store.open(stored), undefined);
      return content instanceof Promise ? content.then((it) => opened(stored, it)) : opened(stored, content);
    },
    create(expected) {
      try {
        return store.create(expected);
      } catch (error) {
        onFault("writing to the store", error);
        const writer = spare.create(expected);
        spared.add(writer);
        return writer;
      }
    },
    put(stored, content, replaces) {
      if (content !== undefined && spared.has(content)) return undefined;
      return attempt<void>("writing to the store", () => store.put(stored, content, replaces), undefined);
    },
    remove: (stored) => attempt<void>("removing from the store", () => store.remove(stored), undefined),
    walk: (wanted) => store.walk(wanted),
    size: () => store.size(),
    close: () => attempt<void>("closing the store", () => store.close(), undefined),
  };
}
