// The clients that are compared: each asks for a page and wants it validated, and keeps its cache from one question to
// the next. `fails` is what none of them may hide.
import { join } from "node:path";
import { createCachedFetch } from "@larder/client";
import { Agent, interceptors, fetch as undiciFetch } from "undici";
import { root, run, scratch } from "../process.ts";
import { clients as installers } from "../python.ts";
import { prepareVenv } from "../venv.ts";

/** What a client has of the project after it asked: the text of its page, or the version that it installed. */
export type Seen = { readonly text: string } | { readonly error: string };
type Ask = () => Promise<Seen>;

/** The page's URL, and the index's, which installers ask for the page themselves. */
interface Target {
  readonly page: string;
  readonly index: string;
}

const accept = "application/vnd.pypi.simple.v1+json";
/** Milliseconds. */
const patience = 6000;

/** @returns a client with an empty cache */
type Make = (target: Target) => Promise<Ask>;

const seen = async (response: { ok: boolean; status: number; text(): Promise<string> }): Promise<Seen> =>
  response.ok ? { text: await response.text() } : { error: `status ${response.status}` };

const trying =
  (ask: () => Promise<Seen>): Ask =>
  async () => {
    try {
      return await ask();
    } catch (error) {
      return { error: String(error) };
    }
  };

const installer =
  (name: "uv" | "pip", args: readonly string[]): Make =>
  async ({ index }) => {
    const cache = scratch("cache");
    return async () => {
      const target = join(scratch("target"), "site");
      const done = await installers[name]({ index, wanted: ["demo"], cache, target, args });
      if (done.status !== 0) return { error: done.output };
      const version = /demo-(1\.\d)/.exec(done.output.slice(done.output.lastIndexOf("nstalled")))?.[1];
      return { text: `demo-${version ?? /demo==(1\.\d)/.exec(done.output)?.[1]}-py3` };
    };
  };

export const askers: Readonly<Record<string, Make>> = {
  uv: installer("uv", ["--refresh"]),
  // its retries wait for as long as Retry-After says, and change nothing of what it makes of the last answer
  pip: installer("pip", ["--retries", "0", "--timeout", "6"]),
  "undici's interceptor": async ({ page }) => {
    const dispatcher = new Agent({ headersTimeout: patience, bodyTimeout: patience }).compose(interceptors.cache());
    const headers = { accept, "cache-control": "no-cache" };
    return trying(async () =>
      seen(await undiciFetch(page, { dispatcher, headers, signal: AbortSignal.timeout(patience) })),
    );
  },
  "make-fetch-happen": async ({ page }) => {
    // it has no types of its own
    const name = "make-fetch-happen";
    const { default: make } = (await import(name)) as { default: (url: string, options: object) => Promise<Response> };
    const cachePath = scratch("cacache");
    return trying(async () =>
      seen(await make(page, { cachePath, cache: "no-cache", headers: { accept }, timeout: patience, retry: 0 })),
    );
  },
  hishel: async ({ page }) => {
    const bin = await prepareVenv(".venv-hishel", ["hishel[httpx]==2.0.0"]);
    const database = join(scratch("hishel"), "cache.db");
    const script = join(root, "conformance/clients/hishel_ask.py");
    return async () => {
      const done = await run([bin("python"), script, database, page, accept], { seconds: 20 });
      return done.status === 0 ? { text: done.stdout } : { error: done.output };
    };
  },
  "@larder/client": async ({ page }) => {
    const cached = createCachedFetch();
    return trying(async () =>
      seen(await cached(page, { headers: { accept }, cache: "no-cache", signal: AbortSignal.timeout(patience) })),
    );
  },
};
