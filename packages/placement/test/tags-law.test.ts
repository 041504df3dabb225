import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { TestService, uuid } from "./service.ts";

describe("9110:8.8.1 a strong tag changes whenever the octets can", () => {
  const providers = [1, 2, 3].map(uuid);
  const consumers = [11, 12].map(uuid);
  const targets = [
    "/resource_classes",
    "/resource_providers",
    "/resource_providers?resources=VCPU:2",
    "/resource_providers?required=CUSTOM_T",
    `/resource_providers?member_of=${uuid(77)}`,
    `/resource_providers?in_tree=${providers[0]}`,
    ...providers.flatMap((p) =>
      ["", "/inventories", "/usages", "/aggregates", "/traits", "/allocations"].map(
        (tail) => `/resource_providers/${p}${tail}`,
      ),
    ),
    ...consumers.map((c) => `/allocations/${c}`),
    "/allocation_candidates?resources=VCPU:1",
    "/traits",
    "/traits?associated=true",
    "/usages?project_id=p",
  ];
  const provider = fc.constantFrom(...providers);
  const small = fc.integer({ min: 1, max: 4 });
  /** Requests that mostly succeed; generations are put in when they are sent. */
  const write = fc.oneof(
    fc.record({ kind: fc.constant("create" as const), provider, parent: fc.option(provider) }),
    fc.record({ kind: fc.constant("rename" as const), provider, name: fc.constantFrom("x", "y", "z") }),
    fc.record({ kind: fc.constant("delete" as const), provider }),
    fc.record({ kind: fc.constant("inventories" as const), provider, total: small }),
    fc.record({ kind: fc.constant("traits" as const), provider, traits: fc.subarray(["CUSTOM_T", "COMPUTE_NODE"]) }),
    fc.record({ kind: fc.constant("aggregates" as const), provider, aggregates: fc.subarray([uuid(77), uuid(78)]) }),
    fc.record({
      kind: fc.constant("allocate" as const),
      provider,
      consumer: fc.constantFrom(...consumers),
      amount: small,
    }),
    fc.record({ kind: fc.constant("free" as const), consumer: fc.constantFrom(...consumers) }),
    fc.record({ kind: fc.constant("class" as const), add: fc.boolean() }),
  );
  type Write = typeof write extends fc.Arbitrary<infer T> ? T : never;

  async function send(service: TestService, act: Write): Promise<void> {
    const ask = (method: string, target: string, body?: unknown, version = "1.39") =>
      service.ask(method, target, { version, ...(body === undefined ? {} : { body }) });
    const at = "provider" in act ? `/resource_providers/${act.provider}` : "";
    const generation = async () => (await ask("GET", at)).json.generation;
    switch (act.kind) {
      case "create": {
        const parent = act.parent === null ? {} : { parent_provider_uuid: act.parent };
        await ask("POST", "/resource_providers", { name: act.provider, uuid: act.provider, ...parent });
        return;
      }
      case "rename":
        await ask("PUT", at, { name: act.name });
        return;
      case "delete":
        await ask("DELETE", at);
        return;
      case "inventories":
        await ask("PUT", `${at}/inventories`, {
          resource_provider_generation: await generation(),
          inventories: { VCPU: { total: act.total } },
        });
        return;
      case "traits":
        await ask("PUT", `${at}/traits`, { traits: act.traits, resource_provider_generation: await generation() });
        return;
      case "aggregates":
        await ask("PUT", `${at}/aggregates`, act.aggregates, "1.18");
        return;
      case "allocate":
        await ask(
          "PUT",
          `/allocations/${act.consumer}`,
          { allocations: { [act.provider]: { resources: { VCPU: act.amount } } }, project_id: "p", user_id: "u" },
          "1.12",
        );
        return;
      case "free":
        await ask("DELETE", `/allocations/${act.consumer}`);
        return;
      case "class":
        await ask(act.add ? "PUT" : "DELETE", "/resource_classes/CUSTOM_X");
    }
  }

  test("over random writes, every GET with an unchanged tag has unchanged content", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 5, maxLength: 25 }), async (acts) => {
        const service = await TestService.start();
        await service.must("PUT", "/traits/CUSTOM_T");
        const seen = new Map<string, string>();
        const look = async () => {
          for (const target of targets) {
            const { headers, text, status } = await service.ask("GET", target, { version: "1.39" });
            if (status !== 200) continue;
            const key = `${target} ${headers.etag}`;
            assert.equal(seen.get(key) ?? text, text, key);
            seen.set(key, text);
          }
        };
        await look();
        for (const act of acts) {
          await send(service, act);
          await look();
        }
      }),
      {
        numRuns: 30,
        examples: [
          [
            [
              { kind: "create", provider: providers[0]!, parent: null },
              { kind: "traits", provider: providers[0]!, traits: ["COMPUTE_NODE"] },
              { kind: "delete", provider: providers[0]! },
            ],
          ],
        ],
      },
    );
  });
});
