import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "../src/store.ts";
import type { StoreMaker } from "./store-helpers.ts";

/** Each store in a new folder, opened again there. */
export function inFolders(open: (folder: string, maxBytes: number) => Store): StoreMaker {
  const opened = new Map<Store, { folder: string; maxBytes: number }>();
  const remembered = (folder: string, maxBytes: number): Store => {
    const store = open(folder, maxBytes);
    opened.set(store, { folder, maxBytes });
    return store;
  };
  return {
    make: async ({ maxBytes }) => remembered(mkdtempSync(join(tmpdir(), "larder-store-")), maxBytes),
    reopen: async (store) => {
      const { folder, maxBytes } = opened.get(store)!;
      await store.close();
      return remembered(folder, maxBytes);
    },
    dispose: async (store) => {
      await store.close();
      rmSync(opened.get(store)!.folder, { recursive: true });
    },
  };
}
