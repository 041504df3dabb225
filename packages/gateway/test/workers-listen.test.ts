import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { connect } from "node:tls";
import { memoryStore } from "@larder/cache";
import { type Logs, logsTo, ownCertificate } from "@larder/server";
import { Lender } from "../src/workers/lender.ts";
import { listenWithWorkers } from "../src/workers/listen.ts";
import { mountLine, read } from "./config-sources.ts";

const folder = mkdtempSync(join(tmpdir(), "larder-workers-test-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const lines = { write: () => undefined };
const logs: Logs = { ...logsTo(lines, "none"), lines, flush: () => undefined };
const config = read({ options: { listen: "127.0.0.1:0", workers: "2", "log-format": "none" }, mounts: [mountLine] });

/** The fingerprint of the certificate that is shown on a new connection. */
async function shown(port: number): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

test("another certificate is shown by all workers", async () => {
  const [first, second] = await Promise.all(
    ["a", "b"].map((name) => ownCertificate(join(folder, name), ["127.0.0.1"], Date.now())),
  );
  const lender = new Lender(memoryStore({ maxBytes: 1000 }), Date.now, () => undefined);
  const to = { handler: () => assert.fail("nobody asks"), mounts: [], lender };
  const listener = await listenWithWorkers(config, first!, to, logs);
  try {
    const port = Number(new URL(listener.url).port);
    const before = await shown(port);
    listener.renew(second!);
    // each worker hears of it in its own time
    let others = 0;
    for (let tries = 0; tries < 1000 && others < 20; tries++) others = (await shown(port)) === before ? 0 : others + 1;
    assert.equal(others, 20);
  } finally {
    await listener.close(0);
  }
});
