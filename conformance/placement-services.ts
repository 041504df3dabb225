// The two Placement services that are held against each other: the real one, and ours.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { preparePlacement } from "./placement-python.ts";
import { freePort, larder, root, run, scratch, start } from "./process.ts";

export interface PlacementService {
  /** without a slash at its end */
  readonly url: string;
  readonly pid: number;
  /** the real one's SQLite file, which load-sql.py can fill while the service is idle */
  readonly database?: string;
  stop(): Promise<void>;
}

/** Where the driver of the suite, the benchmark and the starter of the real service are. @throws where they are not */
export function sharedPlacement(): string {
  const folder = join(root, "../shared/placement");
  if (existsSync(join(folder, "start-real.sh"))) return folder;
  throw new Error(`${folder} is missing: it comes with the folder shared/ beside the checkout`);
}

/** Starts the real service on loopback with an empty SQLite database. `args`: more for its start-real.sh. */
export async function startReal(args: readonly string[] = []): Promise<PlacementService> {
  const venv = await preparePlacement();
  const folder = join(scratch("placement-real"), "placement");
  cpSync(sharedPlacement(), folder, { recursive: true, mode: 0 });
  spawnSync("chmod", ["-R", "u+w", folder]);
  const port = await freePort();
  const script = join(folder, "start-real.sh");
  const env = { ...(process.env as Record<string, string>), VENV: venv };
  const { status, output } = await run([script, "--port", `${port}`, "--server", "gunicorn", ...args], { env });
  if (status !== 0) throw new Error(`the real Placement service does not start:\n${output}`);
  // it leads a process group of its own
  const pid = Number(readFileSync(join(folder, "run", `${port}`, "server.pid"), "utf8"));
  const stop = () => {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // it has ended already
    }
  };
  process.on("exit", stop);
  const database = join(folder, "run", `${port}`, "placement.db");
  return { url: `http://127.0.0.1:${port}`, pid, database, stop: async () => stop() };
}

/** Starts ours. `database`: a file; left out = in memory. */
export async function startOurs(database = ":memory:"): Promise<PlacementService> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const where = ["--listen", `127.0.0.1:${port}`, "--database", `sqlite:${database}`, "--log-format", "none"];
  const running = await start([...larder, "placement", ...where], url);
  return { url, pid: running.pid, stop: () => running.stop() };
}
