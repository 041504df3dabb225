import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type Hosted, openHosted } from "../../src/hosted/hosted.ts";
import type { Token } from "../../src/hosted/tokens.ts";
import type { Mount } from "../../src/mount.ts";
import { type HostedConfig, hostedMount } from "../../src/mounts/hosted.ts";
import { benchOf, type Told } from "../bench.ts";

/** What a request may have besides its method and path. */
interface Sent {
  readonly token?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: AsyncIterable<Uint8Array> | Uint8Array;
}

/** A gateway in the process with a hosted mount at /private/, a data folder of its own, and a clock that the test moves. */
export interface HostedBench {
  readonly hosted: Hosted;
  readonly folder: string;
  /** Makes a token; for everything, where nothing else is said. */
  token(given?: Partial<Token>): string;
  ask(method: string, path: string, sent?: Sent): Promise<Told>;
  /** Uploads a file with fields of the form besides `:action`; one that is null is left out. */
  upload(
    filename: string,
    content: Uint8Array,
    fields?: Readonly<Record<string, string | null>>,
    token?: string,
  ): Promise<Told>;
  /** names of files in the data folder that hold, or held, content */
  files(): readonly string[];
  pass(seconds: number): void;
}

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/**
 * @param config what differs from a mount that wants a token for everything
 * @param others mounts beside it
 */
export function hostedBench(config: Partial<HostedConfig> = {}, ...others: readonly Mount[]): HostedBench {
  const folder = mkdtempSync(join(tmpdir(), "larder-hosted-"));
  folders.push(folder);
  const hosted = openHosted(folder);
  const full: HostedConfig = {
    prefix: "/private/",
    format: "hosted",
    anonymousRead: false,
    mostFileBytes: 1_000_000,
    ...config,
  };
  const { get, gateway, pass } = benchOf(hostedMount(full, hosted), ...others);
  const all = { spaces: ["/private/"], projects: ["*"], may: "admin" as const, note: "" };
  let usual: string | undefined;
  const bench: HostedBench = {
    hosted,
    folder,
    token: (given = {}) => hosted.tokens.create({ ...all, ...given }, gateway.now()),
    ask(method, path, { token, fields = {}, body } = {}) {
      const login: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return get(path, { ...login, ...fields }, method, body instanceof Uint8Array ? once(body) : body);
    },
    async upload(filename, content, fields = {}, token) {
      usual ??= bench.token();
      const { type, body } = await formOf(filename, content, fields);
      return bench.ask("POST", "/private/legacy/", { token: token ?? usual, fields: { "content-type": type }, body });
    },
    files: () =>
      globSync("hosted/{content,tmp}/**/*", { cwd: folder, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort(),
    pass,
  };
  return bench;
}

/** A form as the upload API wants it. */
export async function formOf(
  filename: string,
  content: Uint8Array,
  fields: Readonly<Record<string, string | null>> = {},
): Promise<{ readonly type: string; readonly body: Uint8Array }> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ":action": "file_upload", protocol_version: "1", ...fields }))
    if (value !== null) form.append(name, value);
  form.append("content", new File([content as Uint8Array<ArrayBuffer>], filename));
  const response = new Response(form);
  return { type: response.headers.get("content-type")!, body: await response.bytes() };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}
