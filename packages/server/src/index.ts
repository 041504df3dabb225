export * from "./access-log.ts";
export * from "./address.ts";
export * from "./handler.ts";
export { type Listener, type ListenOptions, listen } from "./listen.ts";
export * from "./log.ts";
export * from "./problem.ts";
export { checkTarget } from "./target.ts";
