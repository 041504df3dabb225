import { setTimeout as delay } from "node:timers/promises";
import { Connection, childrenOf } from "./connections.ts";
import type { ChangingSite } from "./site.ts";

const lanes = 12;
const paths = Array.from({ length: 8 }, (_, number) => `/traffic/${number}`);

/**
 * Asks for pages over many connections while they change, are purged, and workers are killed. Whoever asks after a change
 * has ended must get what was there then, or something newer; only what a killed worker had may break off.
 */
export async function traffic(by: {
  readonly gateway: { readonly url: string; readonly pid: number };
  readonly site: ChangingSite;
  readonly purge: (order: object) => Promise<number>;
  readonly seconds: number;
  readonly expect: (what: string, holds: boolean, seen: unknown) => void;
}): Promise<void> {
  const { gateway, site, purge, expect } = by;
  /** the oldest version of each that may be answered */
  const least = new Map(paths.map((path) => [path, 0]));
  const counts = { answers: 0, hits: 0, cut: 0, changes: 0, kills: 0 };
  const wrong: string[] = [];
  const end = Date.now() + by.seconds * 1000;

  const ask = async (lane: number): Promise<void> => {
    let connection = new Connection(gateway.url);
    for (let number = lane; Date.now() < end; number++) {
      const path = paths[number % paths.length]!;
      const atLeast = least.get(path)!;
      try {
        const { status, content, said } = await connection.ask(path);
        const version = Number(content.slice(path.length));
        if (status !== 200 || !content.startsWith(`${path} `) || !(version >= atLeast))
          wrong.push(`${status} ${content}, after ${atLeast}; ${said}`);
        counts.answers++;
        if (said.startsWith("larder; hit")) counts.hits++;
      } catch {
        counts.cut++;
        connection.close();
        connection = new Connection(gateway.url);
      }
    }
    connection.close();
  };
  const change = async (): Promise<void> => {
    for (let number = 0; Date.now() < end; number++) {
      const path = paths[number % paths.length]!;
      await delay(30);
      if (number % 3 === 0) {
        const version = site.change(path);
        await purge({ url: path, mode: number % 2 === 0 ? "hard" : "soft" });
        least.set(path, version);
      } else {
        const one = new Connection(gateway.url);
        const posted = await one.ask(path, "POST").catch(() => undefined);
        one.close();
        if (posted !== undefined) least.set(path, Number(posted.content.slice(path.length)));
      }
      counts.changes++;
    }
  };
  const kill = async (): Promise<void> => {
    while (Date.now() < end - 500) {
      await delay(700);
      const workers = childrenOf(gateway.pid);
      const one = workers[counts.kills % workers.length];
      if (one === undefined) continue;
      process.kill(one, "SIGKILL");
      counts.kills++;
    }
  };
  await Promise.all([...Array.from({ length: lanes }, (_, lane) => ask(lane)), change(), kill()]);
  expect(`in traffic nothing wrong is answered (${JSON.stringify(counts)})`, wrong.length === 0, wrong.slice(0, 10));
  expect(
    "enough happened",
    counts.answers > 200 && counts.hits > 20 && counts.changes > 20 && counts.kills > 2,
    counts,
  );
  expect("only what a killed worker had is cut", counts.cut <= counts.kills * lanes, counts);
}
