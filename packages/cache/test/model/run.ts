import assert from "node:assert/strict";
import { Fields, type RequestHead, sliceFields, sliceFor } from "@larder/core";
import {
  type Cache,
  type CacheFailure,
  type CacheResponse,
  createCache,
  exchange,
  invalidateRelated,
  PassMemory,
  purge,
  readAll,
  type Store,
} from "../../src/index.ts";
import type { Ask, History, Purge } from "./history.ts";
import { type Got, judge, shouldHaveHit } from "./judge.ts";
import { type Kind, policyOf } from "./kinds.ts";
import { type Asked, type Head, Log } from "./log.ts";
import { headOf, ScriptedUpstream, targets } from "./upstream.ts";
import { Versions } from "./versions.ts";

const start = Date.UTC(2026, 0, 1);

/** Turns of the event loop after which a history that does not come to rest is stuck. */
const mostTurns = 10_000;

/** How often the model allowed an answer for which reason. */
export type Tally = Map<string, number>;

/** One history, on a cache and on the model, which hears of all that the cache's clients and its upstream see. */
export class Run {
  readonly #log: Log;
  readonly #versions: Versions;
  readonly #upstream: ScriptedUpstream;
  readonly #cache: Cache;
  readonly #tally: Tally;
  #waiting = 0;
  readonly #faults: string[] = [];

  readonly #space: string;

  /** @param space what its cache keys begin with: a store may serve several histories */
  constructor(kind: Kind, store: Store, tally: Tally, space = "") {
    this.#tally = tally;
    this.#space = space;
    this.#log = new Log(kind, start);
    this.#versions = new Versions(this.#log);
    this.#upstream = new ScriptedUpstream(this.#log, this.#versions);
    this.#cache = createCache({
      store,
      shared: kind.shared,
      now: () => this.#log.now,
      events: { fault: () => undefined },
      passing: new PassMemory(),
      related: invalidateRelated,
    });
  }

  /** @throws {AssertionError} at the first answer that the model forbids */
  async play({ steps }: History): Promise<void> {
    for (const step of steps) {
      // no two steps in one instant: what came first is what the clock says came first
      this.#log.pass(0.001);
      if (step.does === "pass") this.#log.pass(step.seconds);
      else if (step.does === "release") this.#release(step.which);
      else if (step.does === "purge") void this.#purge(step);
      else void this.#ask(step);
      await this.#settle();
    }
    while (this.#upstream.held.length > 0) {
      this.#log.pass(0.001);
      this.#release(0);
      await this.#settle();
    }
    assert.equal(this.#waiting, 0, "requests wait for an answer, and nothing is under way");
  }

  async #purge({ mode, scope }: Purge): Promise<void> {
    this.#versions.purge(mode, scope);
    this.#waiting++;
    const all = { prefix: this.#space };
    const own = { prefix: this.#space + targets[0]!, exact: true };
    await purge(this.#cache, scope === "target" ? own : scope === "group" ? { ...all, group: "g" } : all, mode);
    this.#waiting--;
  }

  #release(which: number): void {
    const { held } = this.#upstream;
    const [released] = held.splice(which % Math.max(1, held.length), 1);
    released?.();
  }

  /** Until nothing happens any more by itself. */
  async #settle(): Promise<void> {
    const busy = () => this.#waiting > 0 || this.#cache.background > 0 || this.#cache.arriving.size > 0;
    let turns = 0;
    do await new Promise(setImmediate);
    while (this.#upstream.held.length === 0 && busy() && ++turns < mostTurns);
    assert.ok(turns < mostTurns, "something is under way, and does not end");
    assert.deepEqual(this.#faults, []);
  }

  async #ask(step: Ask): Promise<void> {
    const target = targets[step.target]!;
    const fields = fieldsOf(step, this.#upstream);
    const quiet = this.#waiting === 0 && this.#upstream.held.length === 0 && this.#cache.arriving.size === 0;
    const asked: Asked = { method: step.method, target, fields, at: this.#log.tick(), quiet };
    const head: RequestHead = { method: step.method, target, fields: Fields.of(...Object.entries(fields)) };
    let sent = 0;
    this.#waiting++;
    try {
      const answer = await exchange(this.#cache, {
        head,
        cacheKey: this.#space + target,
        keySpace: this.#space,
        body: null,
        policy: policyOf(this.#log.kind),
        upstream: { send: (one) => this.#upstream.send(step, asked, one, sent++) },
      });
      asked.answeredAt = this.#log.tick();
      const got: Got = { answer, ...(await contentOf(answer, head)) };
      this.#hear(asked, got, sent);
    } catch (error) {
      this.#faults.push(`it threw ${error instanceof Error ? error.stack : error}`);
    } finally {
      this.#waiting--;
    }
  }

  #hear(asked: Asked, got: Got, sent: number): void {
    const verdict = judge(this.#log, this.#versions, asked, got);
    const missed = shouldHaveHit(this.#log, this.#versions, asked);
    const hadTo = missed !== undefined && "right" in verdict;
    const says = (what: string) => {
      const asking = [asked.method, asked.target, asked.fields];
      this.#faults.push(JSON.stringify([what, { asked: asking, got: [got.fields, got.text, got.answer.cacheStatus] }]));
    };
    if ("wrong" in verdict) says(verdict.wrong);
    else if (hadTo && sent > 0) says(`number ${missed} would have answered`);
    else for (const right of hadTo ? [verdict.right, "had to hit"] : [verdict.right]) count(this.#tally, right);
  }
}

const count = (tally: Tally, what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);

function fieldsOf(step: Ask, upstream: ScriptedUpstream): Head {
  const fields: Record<string, string> = {};
  if (step.user !== undefined) fields.authorization = step.user;
  if (step.language !== undefined) fields["accept-language"] = step.language;
  if (step.cacheControl !== undefined) fields["cache-control"] = step.cacheControl;
  if (step.range !== undefined) fields.range = step.range;
  if (step.pragma) fields.pragma = "no-cache";
  const current = () => upstream.tag(targets[step.target]!, "accept-language", fields);
  if (step.ifNoneMatch !== "none") fields["if-none-match"] = step.ifNoneMatch === "current" ? current() : '"unknown"';
  return fields;
}

async function contentOf(
  answer: CacheResponse | CacheFailure,
  head: RequestHead,
): Promise<Pick<Got, "fields" | "text">> {
  if ("failed" in answer) return { fields: {}, text: undefined };
  // what of a stored part is sent is up to who sends it
  const slice = answer.stored?.status === 206 ? sliceFor(head, answer.stored) : undefined;
  if (answer.stored?.status === 206 && slice === undefined) throw new Error("a part that is no answer");
  const fields = headOf(slice ? sliceFields(answer.stored!, slice) : answer.fields);
  if (answer.content === null || head.method === "HEAD") return { fields, text: "" };
  try {
    const octets = await readAll(answer.content);
    const part = slice?.content ?? { first: 0, last: octets.length - 1 };
    const text = new TextDecoder().decode(octets.slice(part.first, part.last + 1));
    // a client sees by its length that content is not whole (RFC 9112 §8)
    const isWhole = !("content-length" in fields) || Number(fields["content-length"]) === text.length;
    return { fields, text: isWhole ? text : undefined };
  } catch {
    return { fields, text: undefined };
  }
}
