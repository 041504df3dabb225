// Sends a call to a service and reads the whole answer; fills in what is known only now.
import { Agent, type IncomingMessage, request } from "node:http";
import type { Call } from "./call.ts";

export interface Answered {
  readonly status: number;
  /** lower-case names, a field that came twice joined by commas */
  readonly fields: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What stands for placeholders: `@consumer0@`, `@project0@` by sequence, `@generation:UUID@` by the present state. */
export interface Filled {
  readonly method: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly content: string | undefined;
}

// uWSGI closes kept connections without a word, so each exchange has its own
const agent = new Agent({ keepAlive: false });

/** One exchange. @throws the error of node:http when there is no answer */
export function send(base: string, { method, path, fields, content }: Filled): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...fields,
      ...(content === undefined ? {} : { "content-length": `${Buffer.byteLength(content)}` }),
    };
    const sent = request(
      new URL(base + path),
      { method, headers, agent, timeout: 60_000 },
      (answer: IncomingMessage) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode!,
            fields: Object.fromEntries(
              Object.entries(answer.headersDistinct).map(([name, all]) => [name, all!.join(", ")]),
            ),
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`${method} ${path}: no answer within a minute`)));
    sent.on("error", reject);
    sent.end(content);
  });
}

/** A plain GET or DELETE as administrator, at a microversion. */
export const plain = (method: string, path: string, version = "1.39"): Filled => ({
  method,
  path,
  fields: { "x-auth-token": "admin", "openstack-api-version": `placement ${version}` },
  content: undefined,
});

/** The names of one sequence: its consumers and projects are nobody else's. */
export class Names {
  readonly #sequence: string;
  readonly #lives = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

  /** `sequence`: six hexadecimal digits */
  constructor(sequence: string) {
    this.#sequence = sequence;
  }

  in(text: string): string {
    return text
      .replaceAll(/@consumer(\d)@/g, (_, i) => this.#consumer(Number(i)))
      .replaceAll(/@project(\d)@/g, (_, i) => `project${i}-${this.#sequence}`);
  }

  /** From now on those that the call names are others, if they hold nothing now. */
  async renew(call: Call, base: string): Promise<void> {
    const named = new Set(
      `${call.path} ${JSON.stringify(call.body)}`.matchAll(/@consumer(\d)@/g).map(([, i]) => Number(i)),
    );
    for (const i of named) if ((await generation(this.#consumer(i), base)) === null) this.#lives[i]!++;
  }

  #consumer(i: number): string {
    return `c0${this.#sequence}-0000-4000-8000-${String(this.#lives[i]!).padStart(11, "0")}${i}`;
  }
}

/** A call with its placeholders filled; generations are those that the service at `base` shows now (null = unknown). */
export async function fill(call: Call, names: Names, base: string): Promise<Filled> {
  let content =
    typeof call.body === "string" ? call.body : call.body === undefined ? undefined : JSON.stringify(call.body);
  if (content !== undefined) {
    content = names.in(content);
    for (const [placeholder, uuid] of content.matchAll(/"@generation:([^@"]+)@"/g))
      content = content.replace(placeholder, `${await generation(uuid!, base)}`);
  }
  const fields: Record<string, string | undefined> = {
    "x-auth-token": "admin",
    ...(call.version === undefined ? {} : { "openstack-api-version": call.version }),
    ...(content === undefined ? {} : { "content-type": "application/json" }),
    ...call.fields,
  };
  const present = Object.entries(fields).filter(([, value]) => value !== undefined) as [string, string][];
  return {
    method: call.method,
    path: names.in(call.path),
    fields: Object.fromEntries(present.map(([name, value]) => [name, names.in(value)])),
    content,
  };
}

async function generation(uuid: string, base: string): Promise<number | null> {
  const path = uuid.startsWith("c0") ? `/allocations/${uuid}` : `/resource_providers/${uuid}`;
  const { status, text } = await send(base, plain("GET", path));
  if (status !== 200) return 0;
  const body = JSON.parse(text);
  return body.generation ?? body.consumer_generation ?? null;
}

/** Takes everything away that sequences leave behind: allocations, providers, custom traits and classes. */
export async function clear(base: string): Promise<void> {
  const json = async (path: string) => JSON.parse((await send(base, plain("GET", path))).text);
  const remove = async (path: string) => {
    const { status, text } = await send(base, plain("DELETE", path));
    if (status !== 204) throw new Error(`DELETE ${base}${path}: ${status} ${text}`);
  };
  type Provider = { uuid: string; parent_provider_uuid: string | null };
  let left: Provider[] = (await json("/resource_providers")).resource_providers;
  const consumers = new Set<string>();
  for (const { uuid } of left)
    for (const consumer of Object.keys((await json(`/resource_providers/${uuid}/allocations`)).allocations))
      consumers.add(consumer);
  for (const consumer of consumers) await remove(`/allocations/${consumer}`);
  while (left.length > 0) {
    const parents = new Set(left.map((one) => one.parent_provider_uuid));
    for (const { uuid } of left.filter((one) => !parents.has(one.uuid))) await remove(`/resource_providers/${uuid}`);
    left = left.filter((one) => parents.has(one.uuid));
  }
  const custom = (name: string) => name.startsWith("CUSTOM_");
  for (const name of (await json("/traits?name=startswith:CUSTOM_")).traits) await remove(`/traits/${name}`);
  for (const { name } of (await json("/resource_classes")).resource_classes.filter((one: { name: string }) =>
    custom(one.name),
  ))
    await remove(`/resource_classes/${name}`);
}
