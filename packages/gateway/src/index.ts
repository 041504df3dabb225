export * from "./config.ts";
export { type ConfigSources, type ReadConfig, readConfig } from "./config-read.ts";
export { gatewaySettings, mountSettings, sharedSettings } from "./config-settings.ts";
export { type RunningGateway, runGateway } from "./run.ts";
