/** Undoes a hold. */
export type Release = () => void;

/**
 * What other processes have copies of, and answer with by themselves. A copy never outlives its response: whoever is about
 * to change what is stored under a key, or to find out that it has changed, holds the key first.
 */
export interface Copies {
  /**
   * Lends nothing of these keys from now on, and takes back what is lent of them.
   * @param keys one cache key, or which
   * @returns settled when nobody has any of it; it may be lent again when what it gives is called
   */
  hold(keys: string | ((cacheKey: string) => boolean)): Release | Promise<Release>;
}
