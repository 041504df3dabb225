import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nodeHandler } from "../../src/adapters/node-http.ts";
import { adapterContract } from "./contract.ts";
import { listening } from "./listening.ts";

adapterContract("node:http", (app) => listening(nodeHandler(app, () => {})));

describe("adapter node:http", () => {
  test("tells what the handler threw, at once or later", async () => {
    const seen: unknown[] = [];
    for (const handler of [
      () => {
        throw "at once";
      },
      () => Promise.reject("later"),
    ]) {
      const running = await listening(nodeHandler(handler, (error) => seen.push(error)));
      assert.equal((await running.ask("/")).status, 500);
      await running.close();
    }
    assert.deepEqual(seen, ["at once", "later"]);
  });
});
