export * from "./store.ts";
export * from "./upstream.ts";
