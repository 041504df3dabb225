// A service in this process, with a clock that stands still until it is moved: what the tests talk to.
import { corsDefaults } from "../src/api/cors.ts";
import type { ApiResponse } from "../src/api/request.ts";
import { createService, type ServiceOptions } from "../src/api/service.ts";
import { noauth } from "../src/auth/noauth.ts";
import { Policy } from "../src/auth/policy.ts";
import { standards } from "../src/data/standards.ts";
import { missingStandards } from "../src/domain/definitions.ts";
import { SqliteState } from "../src/storage/sqlite-state.ts";

export interface Ask {
  readonly version?: string;
  readonly body?: unknown;
  /** content as it is, in place of `body` */
  readonly content?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** parsed content; undefined where there is none */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it as they need
  readonly json: any;
}

export class TestService {
  now = Date.UTC(2026, 10, 22, 12);
  readonly state: SqliteState;
  readonly #service: ReturnType<typeof createService>;

  constructor(options: Partial<ServiceOptions> = {}, database = ":memory:") {
    this.state = new SqliteState(database);
    this.#service = createService({
      state: this.state,
      authenticate: noauth,
      policy: new Policy({ enforceNewDefaults: false }),
      now: () => this.now,
      onError: (error) => {
        throw error;
      },
      ...options,
    });
  }

  /** With the standard classes and traits. */
  static async start(options: Partial<ServiceOptions> = {}): Promise<TestService> {
    const service = new TestService(options);
    await service.state.write((world) => ({ changes: missingStandards(world, standards, service.now), result: 0 }));
    return service;
  }

  async ask(method: string, target: string, { version, body, content, headers = {} }: Ask = {}): Promise<Answered> {
    const sent = content ?? (body === undefined ? "" : JSON.stringify(body));
    const bytes = typeof sent === "string" ? new TextEncoder().encode(sent) : sent;
    const response = await this.#service({
      method,
      target,
      content: bytes,
      headers: {
        host: "placement.example",
        "x-auth-token": "admin",
        ...(version === undefined ? {} : { "openstack-api-version": `placement ${version}` }),
        ...(bytes.length > 0 ? { "content-type": "application/json", "content-length": String(bytes.length) } : {}),
        ...headers,
      },
    });
    return answered(response);
  }

  /** @throws when it is not answered with success */
  async must(method: string, target: string, ask: Ask = {}): Promise<Answered> {
    const answer = await this.ask(method, target, { version: "1.39", ...ask });
    if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** A provider with inventories (totals by class) and traits. */
  async provider(
    name: string,
    has: { inventories?: Record<string, number>; traits?: string[]; parent?: string; aggregates?: string[] } = {},
  ): Promise<string> {
    const parent = has.parent === undefined ? {} : { parent_provider_uuid: has.parent };
    const { uuid } = (await this.must("POST", "/resource_providers", { body: { name, ...parent } })).json;
    const at = `/resource_providers/${uuid}`;
    let generation = 0;
    if (has.inventories !== undefined) {
      const inventories = Object.fromEntries(Object.entries(has.inventories).map(([rc, total]) => [rc, { total }]));
      const body = { resource_provider_generation: generation++, inventories };
      await this.must("PUT", `${at}/inventories`, { body });
    }
    if (has.traits !== undefined)
      await this.must("PUT", `${at}/traits`, {
        body: { traits: has.traits, resource_provider_generation: generation++ },
      });
    if (has.aggregates !== undefined)
      await this.must("PUT", `${at}/aggregates`, { version: "1.18", body: has.aggregates });
    return uuid;
  }

  /** A new consumer takes amounts of one provider. */
  async allocate(consumer: string, provider: string, resources: Record<string, number>): Promise<void> {
    const body = {
      allocations: { [provider]: { resources } },
      project_id: "project",
      user_id: "user",
      consumer_generation: null,
      consumer_type: "INSTANCE",
    };
    await this.must("PUT", `/allocations/${consumer}`, { body });
  }
}

function answered({ status, fields, content = "" }: ApiResponse): Answered {
  const headers: Record<string, string> = {};
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!.toLowerCase();
    headers[name] = headers[name] === undefined ? fields[i + 1]! : `${headers[name]}, ${fields[i + 1]}`;
  }
  const json = headers["content-type"] === "application/json" ? JSON.parse(content) : undefined;
  return { status, headers, text: content, json };
}

export const cors = { ...corsDefaults, allowedOrigins: ["http://dashboard.example"], allowHeaders: ["x-auth-token"] };

export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
