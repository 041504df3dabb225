/** The part of IndexedDB that the store uses, for programs that aren't compiled with the types of browsers. */
export interface Factory {
  open(name: string, version: number): Asked<Database> & { onupgradeneeded: (() => void) | null };
}

export interface Asked<T> {
  readonly result: T;
  readonly error: Error | null;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

export interface Database {
  transaction(stores: readonly string[], mode: "readonly" | "readwrite"): Transaction;
  createObjectStore(name: string, options?: { readonly keyPath: string }): Table;
  close(): void;
}

interface Transaction {
  readonly error: Error | null;
  objectStore(name: string): Table;
  abort(): void;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
}

export interface Table {
  get(key: string): Asked<unknown>;
  getAll(key?: string): Asked<unknown[]>;
  put(value: unknown, key?: string): Asked<unknown>;
  delete(key: string): Asked<undefined>;
  createIndex(name: string, keyPath: string): unknown;
  index(name: string): {
    getAll(key: string): Asked<unknown[]>;
    openCursor(): Asked<{ readonly value: unknown; continue(): void } | null>;
  };
}

/** What a request comes to. */
export function answerOf<T>(asked: Asked<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("IndexedDB failed"));
  });
}
