import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { TestService } from "./service.ts";

describe("placement: /openapi.json", () => {
  test("is valid OpenAPI 3.1, and every operation is named", async () => {
    const service = await TestService.start();
    const { json } = await service.ask("GET", "/openapi.json");
    const result = await new Validator().validate(structuredClone(json));
    assert.ok(result.valid, JSON.stringify(result.errors));
    const operations = Object.values(json.paths as Record<string, Record<string, { operationId?: string }>>).flatMap(
      (item) => Object.entries(item).filter(([method]) => method !== "parameters"),
    );
    const ids = operations.map(([, { operationId }]) => operationId);
    assert.ok(ids.length >= 36 && ids.every(Boolean));
    assert.equal(new Set(ids).size, ids.length, "each has a name of its own");
  });

  test("says from which microversion on, and how older bodies looked", async () => {
    const service = await TestService.start();
    const { paths } = (await service.ask("GET", "/openapi.json")).json;
    const put = paths["/allocations/{consumer_uuid}"].put;
    assert.equal(put["x-openstack-since"], "1.0");
    const ranges = put["x-openstack-schemas"].map(({ from, to }: { from: string; to: string }) => `${from}-${to}`);
    assert.deepEqual(ranges, ["1.0-1.7", "1.8-1.11", "1.12-1.27", "1.28-1.33", "1.34-1.37"]);
    assert.ok("consumer_type" in put.requestBody.content["application/json"].schema.properties);
    assert.equal(paths["/reshaper"].post["x-openstack-since"], "1.30");
  });
});
