export * from "./answer.ts";
export * from "./cache-policy.ts";
export * from "./conditional.ts";
export type { GivenContent, Source } from "./content.ts";
export * from "./last-change.ts";
export {
  type Microversion,
  type MicroversionOptions,
  microversions,
  type Negotiated,
  type Version,
} from "./microversions.ts";
export * from "./present.ts";
export { ContradictoryState, type State } from "./state.ts";
export * from "./validators.ts";
