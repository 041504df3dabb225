export { readAdminToken } from "./admin-token.ts";
export * from "./config.ts";
export { type ConfigSources, type ReadConfig, readConfig } from "./config-read.ts";
export { gatewaySettings, overrideSettings, policySettings, ruleSettings, sharedSettings } from "./config-settings.ts";
export type { PolicyAnswer } from "./explain.ts";
export { allMountSettings, describeMount } from "./mount-kinds.ts";
export { type RunningGateway, runGateway } from "./run.ts";
