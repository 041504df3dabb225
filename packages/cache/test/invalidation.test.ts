import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bench, fresh, newer, target, told } from "./bench.ts";
import { fakeUpstream, slowBody } from "./fake-upstream.ts";

describe("9111:4.4 invalidation", () => {
  test("an unsafe request that succeeds makes what is stored ask again", async () => {
    const upstream = fakeUpstream(fresh, { status: 204 }, newer);
    const { ask } = bench(upstream);
    await told(await ask());
    await told(await ask({}, { method: "DELETE" }));
    assert.deepEqual(await told(await ask()), {
      status: 200,
      text: "two",
      hit: false,
      fwd: "invalid",
      fwdStatus: 200,
      ttl: 60,
      stored: true,
    });
  });

  test("also when the answer to it breaks off that would have taken its place", async () => {
    const said = { ...newer.fields, "Content-Location": target };
    const slow = slowBody();
    const upstream = fakeUpstream(fresh, { fields: said, body: slow.body }, newer);
    const { ask } = bench(upstream);
    await told(await ask());
    const posted = await ask({}, { method: "POST" });
    slow.give("t");
    slow.breakOff();
    await assert.rejects(told(posted));
    assert.equal((await told(await ask())).fwd, "invalid");
  });

  test("also what was on its way when it happened", async () => {
    const slow = slowBody();
    const upstream = fakeUpstream({ ...fresh, body: slow.body }, { status: 204 }, newer);
    const { ask } = bench(upstream);
    const first = await ask();
    await told(await ask({}, { method: "DELETE" }));
    slow.give("one");
    slow.end();
    await told(first);
    assert.equal(((await told(await ask())) as { fwd: string }).fwd, "uri-miss");
  });
});
