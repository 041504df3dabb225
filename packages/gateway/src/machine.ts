import { spawnSync } from "node:child_process";
import { homedir, hostname } from "node:os";

/** What is asked of the machine that the gateway starts on. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  /** the user's folder */
  readonly home: string;
  /** of the configuration that belongs to all users; `/etc` but in tests */
  readonly etc: string;
  readonly platform: NodeJS.Platform;
  readonly hostname: string;
  /** Runs a program and gives its standard output; undefined when it is not there or fails. */
  run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): string | undefined;
}

/** How long a program that is asked may take, in milliseconds. */
const patience = 20_000;

/** The machine that this process runs on. */
export function thisMachine(env: NodeJS.ProcessEnv = process.env, home = homedir(), etc = "/etc"): Machine {
  return {
    env,
    home,
    etc,
    platform: process.platform,
    hostname: hostname(),
    run(program, args, more) {
      const run = spawnSync(program, args, {
        encoding: "utf8",
        env: { ...env, ...more },
        stdio: ["ignore", "pipe", "ignore"],
        timeout: patience,
      });
      return run.status === 0 ? run.stdout : undefined;
    },
  };
}
