import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, fakeUpstream } from "@larder/cache/testing";
import { formatHttpDate, type RequestHead } from "@larder/core";
import { type GroupConfig, group } from "../src/mounts/group.ts";
import { purgeAction } from "../src/purge.ts";
import { bench, benchOf, mountOf, start } from "./bench.ts";

const site = { prefix: "/site/", format: "http", upstream: new URL("http://upstream.example/base/") } as const;
const fields = { Date: formatHttpDate(start), "Cache-Control": "max-age=600", ETag: '"1"' };
const page = ({ target }: RequestHead): Answer => ({
  fields: { ...fields, "Cache-Groups": target.includes("/b/") ? '"g"' : '"h"' },
  body: target,
});

/** What an order to a gateway in front of a site came to, and which of these must be fetched or validated then. */
async function purged(order: unknown, paths: readonly string[]) {
  const it = bench(site, ...Array.from({ length: 20 }, () => page));
  for (const path of paths) await it.get(path);
  const answer = await purgeAction(it.gateway, () => undefined)(order);
  const said = JSON.parse(Buffer.from(answer.content as Uint8Array).toString()) as Record<string, unknown>;
  const asked: string[] = [];
  for (const path of paths) if (!/; hit/.test((await it.get(path)).fields.get("cache-status")!)) asked.push(path);
  return { status: answer.status, said, asked };
}

describe("POST /-/purge", () => {
  const paths = ["/site/a", "/site/a?q=1", "/site/b/c", "/site/b/d"];
  const rows: readonly (readonly [says: string, order: object, asked: readonly string[]])[] = [
    ["a path", { url: "/site/a" }, ["/site/a"]],
    ["a path with its query", { url: "/site/a?q=1" }, ["/site/a?q=1"]],
    ["a URL of the gateway, by any name", { url: "https://packages.example/site/b/c" }, ["/site/b/c"]],
    ["a URL of the upstream's", { url: "http://upstream.example/base/b/c" }, ["/site/b/c"]],
    ["what nobody has asked for", { url: "/site/nobody" }, []],
    ["a prefix", { prefix: "/site/b/" }, ["/site/b/c", "/site/b/d"]],
    ["a prefix within a name", { prefix: "/site/a" }, ["/site/a", "/site/a?q=1"]],
    ["a prefix of the upstream's URLs", { prefix: "http://upstream.example/base/b/d" }, ["/site/b/d"]],
    ["a prefix of the mount's own", { prefix: "/" }, paths],
    ["a group", { group: "g" }, ["/site/b/c", "/site/b/d"]],
    ["a group of a mount", { group: "h", mount: "/site" }, ["/site/a", "/site/a?q=1"]],
    ["a mount", { mount: "/site/" }, paths],
  ];
  for (const mode of ["soft", "hard"])
    for (const [says, order, asked] of rows)
      test(`${mode}: ${says}`, async () => {
        const { status, said, asked: again } = await purged({ ...order, mode }, paths);
        assert.deepEqual([status, said, again], [200, { mode, responses: asked.length }, asked]);
      });

  const wrong: readonly (readonly [order: unknown, because: RegExp])[] = [
    [null, /An order is/],
    [[], /An order is/],
    [{}, /An order is/],
    [{ url: 1 }, /An order is/],
    [{ uri: "/site/a" }, /An order is/],
    [{ url: "/site/a", mode: "softly" }, /An order is/],
    [{ url: "/site/a", prefix: "/site/" }, /An order is/],
    [{ url: "/other/" }, /Nothing is mounted at \/other\/; there is \/site\//],
    [{ url: "site/a" }, /neither a URL nor a path/],
    [{ url: "/site/../../x" }, /leaves the place/],
    [{ mount: "/other/" }, /Nothing is mounted at \/other\//],
    [{ mount: "/other/", group: "g" }, /Nothing is mounted at \/other\//],
    [{ prefix: "/other/" }, /Nothing is mounted/],
  ];
  for (const [order, because] of wrong)
    test(`${JSON.stringify(order)} is refused, and nothing happens`, async () => {
      const { status, said, asked } = await purged(order, paths);
      assert.deepEqual([status, asked], [400, []]);
      assert.match(String(said.detail), because);
    });
});

describe("POST /-/purge in an index", () => {
  const json = "application/vnd.pypi.simple.v1+json";
  const url = "https://files.example/x/demo-1.0.tar.gz";
  const index = JSON.stringify({
    meta: { "api-version": "1.0" },
    name: "demo",
    files: [{ filename: "demo-1.0.tar.gz", url, hashes: {} }],
  });
  const upstream = ({ target }: RequestHead): Answer =>
    target === url
      ? { fields: { ...fields, "Content-Type": "application/gzip" }, body: "sdist" }
      : { fields: { ...fields, "Content-Type": json }, body: index };
  const simple = "/pypi/simple/demo/";
  const file = "/pypi/files/demo/files.example/x/demo-1.0.tar.gz";
  const rows: readonly (readonly [order: object, responses: number | RegExp])[] = [
    [{ url: simple }, 1],
    [{ url: file }, 1],
    [{ prefix: "/pypi/simple/d" }, 1],
    [{ prefix: "/pypi/files/demo/files.example/x/" }, 1],
    [{ mount: "/pypi/" }, 2],
    [{ url: "/pypi/simple/Demo" }, /leads to \/pypi\/simple\/demo\//],
    [{ url: "/pypi/simple/" }, /nothing of it is stored/],
    [{ prefix: "/pypi/files/" }, /simple\/… or files\/PROJECT\/HOST\/…/],
  ];
  for (const [order, responses] of rows)
    test(JSON.stringify(order), async () => {
      const it = bench({}, ...Array.from({ length: 9 }, () => upstream));
      await it.get(simple);
      assert.equal((await it.get(file)).status, 200);
      const answer = await purgeAction(it.gateway, () => undefined)(order);
      const said = JSON.parse(Buffer.from(answer.content as Uint8Array).toString());
      if (typeof responses === "number") assert.equal(said.responses, responses, JSON.stringify(said));
      else assert.match(said.detail, responses);
    });
});

describe("POST /-/purge in a group", () => {
  const config: GroupConfig = { prefix: "/all/", format: "group", members: ["/a/", "/b/"], owners: [] };
  const context = { data: "/nowhere", now: () => start, fault: () => undefined, tell: () => undefined };
  const json = { ...fields, "Content-Type": "application/vnd.pypi.simple.v1+json" };
  const body = JSON.stringify({ meta: { "api-version": "1.0" }, name: "demo", files: [] });
  const rows: readonly (readonly [order: object, responses: number])[] = [
    [{ url: "/all/simple/demo/" }, 1],
    [{ prefix: "/all/simple/" }, 1],
    [{ mount: "/all/" }, 1],
    [{ mount: "/b/" }, 0],
  ];
  for (const [order, responses] of rows)
    test(`${JSON.stringify(order)}: what its members have`, async () => {
      const of = (prefix: string) =>
        mountOf(
          { prefix, upstream: new URL(`https://index.example${prefix}simple/`) },
          fakeUpstream({ fields: json, body }),
        );
      const it = benchOf(of("/a/"), of("/b/"), group.create(config, context));
      assert.equal((await it.get("/all/simple/demo/")).status, 200);
      const answer = await purgeAction(it.gateway, () => undefined)(order);
      assert.equal(JSON.parse(Buffer.from(answer.content as Uint8Array).toString()).responses, responses);
    });
});
