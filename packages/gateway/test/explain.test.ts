import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "@larder/cache/testing";
import type { PolicyConfig } from "../src/config.ts";
import { bench } from "./bench.ts";
import { hour, name, page } from "./policy-pages.ts";

describe("what the policy says of a project", () => {
  const versions = { "1.0": -7200, "1.1": -60, "1.2": "unknown" } as const;
  const told = async (path: string, policy: PolicyConfig | undefined = hour, ...more: Answer[]) => {
    const { get } = bench({ fresh: 600, ...(policy && { policy }) }, page(versions), ...more);
    const { status, fields, text } = await get(path);
    return { status, type: fields.get("content-type"), control: fields.get("cache-control"), answer: JSON.parse(text) };
  };
  test("every file, what becomes of it and when", async () => {
    const { status, type, control, answer } = await told("/pypi/policy/DEMO/");
    assert.deepEqual([status, type, control], [200, "application/json", "no-store"]);
    assert.deepEqual([answer.project, answer.prefix, answer.policy], ["demo", "/pypi/", true]);
    assert.equal(answer.changes, "2026-01-01T12:59:00.000Z");
    const [first, second, third] = answer.files;
    assert.deepEqual(first, {
      filename: name("1.0"),
      version: "1.0",
      uploaded: "2026-01-01T10:00:00.000Z",
      offered: true,
    });
    assert.deepEqual([second.offered, second.because, second.until], [false, "too-new", answer.changes]);
    assert.match(second.says, /1 hour old/);
    assert.deepEqual([third.offered, third.uploaded], [false, "2026-01-01T12:00:00.000Z"], "first seen");
  });
  test("one version, however it is written", async () => {
    for (const version of ["1.1", "v1.1"]) {
      const { answer } = await told(`/pypi/policy/demo?version=${version}`);
      assert.deepEqual(
        answer.files.map(({ version }: { version: string }) => version),
        ["1.1"],
      );
    }
    assert.deepEqual((await told("/pypi/policy/demo/?version=7")).answer.files, []);
  });
  test("what is not known", async () => {
    const { get } = bench({ policy: hour }, page(versions));
    const { files } = JSON.parse((await get("/pypi/policy/demo/", { authorization: "Basic x" })).text);
    assert.deepEqual([files[2].because, files[2].until], ["upload-time-unknown", undefined], "a client's own page");
  });
  test("that there is no policy", async () => {
    const { get } = bench({}, page(versions));
    assert.deepEqual(JSON.parse((await get("/pypi/policy/demo/")).text).policy, false);
  });
  test("nothing, where there is no such project", async () => {
    const { get } = bench({ policy: hour }, { status: 404 });
    assert.equal((await get("/pypi/policy/demo/")).status, 404);
  });
  test("no other methods", async () => {
    const { get } = bench({ policy: hour });
    assert.equal((await get("/pypi/policy/demo/", {}, "POST")).status, 405);
  });
});
