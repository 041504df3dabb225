export { defaultRules } from "./auth/policy.ts";
export { type PlacementConfig, readDatabase, readPlacementConfig } from "./config/read.ts";
export { placementSettings } from "./config/settings.ts";
export { type PlacementOptions, startPlacement } from "./start.ts";
export { StateFailure } from "./storage/state.ts";
export * from "./tools/check.ts";
export * from "./tools/database.ts";
export * from "./tools/transfer.ts";
