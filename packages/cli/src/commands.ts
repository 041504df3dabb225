import type { Command } from "commander";
import { addGateway } from "./gateway.ts";

/** Every command of `larder`: a function each, in a file each, that adds itself to the program. */
export const commands: readonly ((program: Command) => void)[] = [addGateway];
