export * from "./config.ts";
export { type RunningGateway, runGateway } from "./run.ts";
