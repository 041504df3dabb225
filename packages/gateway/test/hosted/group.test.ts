import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, failure } from "@larder/cache/testing";
import type { Token } from "../../src/hosted/tokens.ts";
import { group } from "../../src/mounts/group.ts";
import { mountOf } from "../bench.ts";
import { missing, site } from "../site.ts";
import { wheel } from "./archives.ts";
import { hostedBench } from "./bench.ts";

const type = "application/vnd.pypi.simple.v1+json";
const json = { accept: type };
const name = "my_pkg-1.0-py3-none-any.whl";
const file = `/all/files/private/my-pkg/-/${name}`;

/** A page of an upstream that has this project, too. */
const elsewhere = (project: string): Answer => ({
  fields: { "Content-Type": type },
  body: JSON.stringify({
    meta: { "api-version": "1.0" },
    name: project,
    files: [{ filename: `${project}-9.9.tar.gz`, url: `https://files.example/${project}-9.9.tar.gz`, hashes: {} }],
  }),
});

/** A group at /all/ of a hosted mount with my-pkg 1.0 and of an upstream that has all there is. */
async function grouped(order: readonly string[] = ["/private/", "/pypi/"], anonymousRead = false) {
  const upstream = site({ "/my-pkg/": elsewhere("my-pkg"), "/flask/": elsewhere("flask") });
  const proxied = mountOf({ prefix: "/pypi/", upstream: new URL("https://index.example/simple/") }, upstream);
  const context = { data: "/nowhere", now: Date.now, tell: () => undefined, fault: () => undefined };
  const all = group.create({ prefix: "/all/", format: "group", members: order, owners: [] }, context);
  const bench = hostedBench({ anonymousRead }, proxied, all);
  await bench.upload(name, wheel("my-pkg", "1.0"));
  const ask = (path: string, token?: string, fields: Record<string, string> = json) =>
    bench.ask("GET", path, { fields, ...(token !== undefined && { token }) });
  const filenames = async (project: string, token: string) =>
    JSON.parse((await ask(`/all/simple/${project}/`, token)).text).files.map(
      (one: { filename: string }) => one.filename,
    );
  return { ...bench, upstream, ask, filenames };
}

describe("dependency confusion: a hosted name in a group", () => {
  const orders: readonly (readonly string[])[] = [
    ["/private/", "/pypi/"],
    ["/pypi/", "/private/"],
  ];
  const states: readonly (readonly [
    says: string,
    of: (bench: Awaited<ReturnType<typeof grouped>>) => unknown,
    files: readonly string[],
  ])[] = [
    ["has its files", () => undefined, [name]],
    ["is yanked", ({ hosted }) => hosted.packages.yank("/private/", "my-pkg", "1.0", true, 0), [name]],
    ["has lost all its files", ({ hosted }) => hosted.packages.delete("/private/", "my-pkg", "1.0", 0), []],
  ];
  for (const order of orders)
    for (const [says, of, files] of states)
      test(`${says}: nothing of it comes from upstream (${order.join(", ")})`, async () => {
        const bench = await grouped(order);
        of(bench);
        assert.deepEqual(await bench.filenames("my-pkg", bench.token()), files);
        assert.deepEqual(bench.upstream.asked, []);
        assert.equal(
          (await bench.ask("/all/files/pypi/my-pkg/files.example/my-pkg-9.9.tar.gz", bench.token())).status,
          404,
        );
        assert.deepEqual(bench.upstream.asked, []);
      });

  test("other names come from upstream, and neither hears the token", async () => {
    const { filenames, token, upstream } = await grouped();
    assert.deepEqual(await filenames("flask", token()), ["flask-9.9.tar.gz"]);
    assert.deepEqual(
      upstream.asked.map(({ fields }) => fields.has("authorization")),
      [false],
    );
  });

  test("a name that nobody has is a 404 only when the upstream says so", async () => {
    const { ask, token, upstream } = await grouped();
    assert.equal((await ask("/all/simple/none/", token())).status, 404);
    upstream.says = { "/none/": failure("unreachable") };
    assert.equal((await ask("/all/simple/none/", token())).status, 502);
    upstream.says = { "/none/": missing };
    assert.equal((await ask("/all/simple/none/", token())).status, 404);
  });
});

describe("who may read a private member, through the group", () => {
  const rows: readonly (readonly [
    says: string,
    token: Partial<Token> | undefined,
    own: number,
    other: number,
    file: number,
  ])[] = [
    ["a token for it", { may: "read" }, 200, 200, 200],
    ["a token for another project of it: its names are known, its pages not", { projects: ["x"] }, 403, 200, 403],
    ["no token: not even which names it has", undefined, 401, 401, 401],
    ["a token for another mount", { spaces: ["/other/"] }, 403, 403, 403],
  ];
  for (const [says, given, own, other, onFile] of rows)
    test(says, async () => {
      const { ask, token, upstream } = await grouped();
      const text = given && token(given);
      const answers = [
        await ask("/all/simple/my-pkg/", text),
        await ask("/all/simple/flask/", text),
        await ask(file, text),
      ];
      assert.deepEqual(
        answers.map(({ status }) => status),
        [own, other, onFile],
      );
      if (own !== 200)
        assert.equal(
          answers.some((answer) => answer.text.includes(name)),
          false,
        );
      if (other !== 200) assert.deepEqual(upstream.asked, []);
      if (own === 401) assert.match(answers[0]!.fields.get("www-authenticate")!, /^Basic /);
    });

  test("what is shown of it is private, and what anybody may read is not", async () => {
    for (const [anonymousRead, control] of [
      [false, "private, no-cache"],
      [true, "no-cache"],
    ] as const) {
      const { ask, token } = await grouped(undefined, anonymousRead);
      const answer = await ask("/all/simple/my-pkg/", anonymousRead ? undefined : token());
      assert.deepEqual([answer.status, answer.fields.get("cache-control")], [200, control]);
    }
  });

  test("the list has the names of it that its reader may know", async () => {
    const { ask, token } = await grouped();
    const names = async (text?: string) => JSON.parse((await ask("/all/simple/", text)).text).projects;
    assert.deepEqual(await names(token()), [{ name: "my-pkg" }]);
    assert.deepEqual([await names(token({ projects: ["x"] })), await names()], [[], []]);
  });

  test("its page changes in the group in the same second, and so does its tag", async () => {
    const { ask, token, upload } = await grouped();
    const before = await ask("/all/simple/my-pkg/", token());
    const tag = { ...json, "if-none-match": before.fields.get("etag")! };
    assert.equal((await ask("/all/simple/my-pkg/", token(), tag)).status, 304);
    await upload("my_pkg-1.1-py3-none-any.whl", wheel("my-pkg", "1.1"));
    assert.equal((await ask("/all/simple/my-pkg/", token(), tag)).status, 200);
  });
});
