import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { negotiate } from "../src/api/versions.ts";
import { Refusal } from "../src/refusal.ts";
import { TestService } from "./service.ts";

const rows: readonly { field: string | undefined; gives: string | number; because: string }[] = [
  { field: undefined, gives: "1.0", because: "no field is the oldest" },
  { field: "", gives: "1.0", because: "an empty field is none" },
  { field: "placement 1.14", gives: "1.14", because: "as asked" },
  { field: "PLACEMENT 1.14", gives: "1.14", because: "the service's name has no case" },
  { field: "placement latest", gives: "1.39", because: "the newest" },
  { field: "placement LATEST", gives: 400, because: "only lower case is the word" },
  { field: "compute 2.1, placement 1.5", gives: "1.5", because: "other services are passed over" },
  { field: "placement 1.5, compute 2.1", gives: "1.5", because: "wherever they stand" },
  { field: "placement 1.5, placement 1.6", gives: "1.6", because: "the last one wins" },
  { field: "compute 2.1", gives: "1.0", because: "nothing about placement" },
  { field: "1.4", gives: "1.0", because: "a version of nothing" },
  { field: "placement 1.05", gives: "1.5", because: "numbers, not text" },
  { field: "placement 1.2.3", gives: 400, because: "two numbers, not three" },
  { field: "placement 1", gives: 400, because: "two numbers, not one" },
  { field: "placement pony.horse", gives: 400, because: "numbers" },
  { field: "placement 0.5", gives: 406, because: "there is none so old" },
  { field: "placement 1.40", gives: 406, because: "there is none so new" },
  { field: "placement 2.0", gives: 406, because: "there is no second" },
];

describe("placement:2 OpenStack-API-Version", () => {
  for (const { field, gives, because } of rows)
    test(`${field ?? "(absent)"} → ${gives}: ${because}`, () => {
      if (typeof gives === "string") return assert.equal(negotiate(field).text, gives);
      return assert.throws(
        () => negotiate(field),
        (error) => error instanceof Refusal && error.status === gives,
      );
    });

  test("406 names the versions there are; neither it nor 400 carries version fields", async () => {
    const service = await TestService.start();
    const tooNew = await service.ask("GET", "/", { version: "1.99" });
    assert.equal(tooNew.status, 406);
    const { max_version, min_version } = tooNew.json.errors[0];
    assert.deepEqual([min_version, max_version], ["1.0", "1.39"]);
    for (const answer of [tooNew, await service.ask("GET", "/", { version: "x.y" })])
      assert.deepEqual([answer.headers["openstack-api-version"], answer.headers.vary], [undefined, undefined]);
  });
});
