import { Fields, type RequestHead } from "@larder/core";
import { UpstreamFailure, type UpstreamResponse } from "../../src/index.ts";
import type { Answer, Ask } from "./history.ts";
import type { Asked, Head, Log, Received } from "./log.ts";
import { members, opaque, rangeIn, time } from "./reading.ts";
import type { Versions } from "./versions.ts";

export const targets: readonly string[] = ["http://index.example/a", "http://index.example/b"];

const day = 86_400_000;

/** A request's fields by lower-case name. */
export const headOf = (fields: Fields): Head =>
  Object.fromEntries([...fields.names()].map((name) => [name, fields.get(name)!]));

/** The upstream of a history: it answers as each step says, writes down what it said, and holds back what it is told to. */
export class ScriptedUpstream {
  readonly #log: Log;
  readonly #versions: Versions;
  /** how often each target has changed */
  readonly #changes = new Map<string, number>();
  /** what is held back, the oldest first */
  readonly held: (() => void)[] = [];

  constructor(log: Log, versions: Versions) {
    this.#log = log;
    this.#versions = versions;
  }

  /** The tag that a target has now, as `Answer.tag` "strong". */
  tag(target: string, vary: string | undefined, fields: Head): string {
    return `"${this.#text(target, vary, fields).replaceAll(/[^a-z0-9]/gi, "-")}"`;
  }

  async send(step: Ask, by: Asked, request: RequestHead, sentBefore: number): Promise<UpstreamResponse> {
    const answer = step.answers[Math.min(sentBefore, 1)]!;
    const sentAt = this.#log.tick();
    if (step.holds === "head") await this.#hold();
    if (answer.does === "fail") {
      this.#log.failed.push({ by, at: this.#log.tick() });
      throw new UpstreamFailure(answer.kind, "as the history says", answer);
    }
    const sent = headOf(request.fields);
    if (answer.changes || !["GET", "HEAD", "OPTIONS"].includes(by.method))
      this.#changes.set(request.target, this.#changesOf(request.target) + 1);
    const received = this.#answer(answer, by, sent, sentAt);
    this.#log.received.push(received);
    this.#versions.take(received);
    return {
      status: received.status,
      fields: Fields.of(...Object.entries(received.fields).filter(([name]) => name !== "date" || isDated(answer))),
      body: this.#body(received, answer.body, step.holds === "content"),
    };
  }

  async *#body(received: Received, kind: string, holds: boolean): AsyncGenerator<Uint8Array> {
    const octets = new TextEncoder().encode(received.content);
    if (octets.length > 0) yield octets.slice(0, 2);
    if (holds) await this.#hold();
    const broken = octets.length > 2 && (kind === "reset" || kind === "short");
    received.ended = { at: this.#log.tick(), whole: !broken };
    if (broken && kind === "reset") throw new UpstreamFailure("broken", "as the history says", { unsent: false });
    if (!broken && octets.length > 2) yield octets.slice(2);
  }

  #hold(): Promise<void> {
    return new Promise((resolve) => this.held.push(resolve));
  }

  #changesOf = (target: string) => this.#changes.get(target) ?? 0;

  /** What a target says to a request: it depends on what Vary names, and on how often the target has changed. */
  #text(target: string, vary: string | undefined, fields: Head): string {
    const said = members(vary?.toLowerCase()).map((name) => members(fields[name]).join("+") || "none");
    return [target.slice(-1), this.#changesOf(target), ...said].join(" ");
  }

  #answer(answer: Extract<Answer, { does: "answer" }>, by: Asked, sent: Head, sentAt: Received["sentAt"]): Received {
    const at = this.#log.tick();
    const n = `${this.#log.received.length}`;
    const { target } = by;
    const date = at.now + (answer.dated ?? 0) * 1000;
    const modified = new Date(at.now - (at.now % day) - 400 * day + this.#changesOf(target) * 1000).toUTCString();
    const selectedBy = answer.varies ? answer.vary : undefined;
    const tag = this.tag(target, selectedBy, sent);
    const fields: Record<string, string> = { "x-head": n, date: new Date(date).toUTCString() };
    if (answer.cacheControl !== undefined) fields["cache-control"] = answer.cacheControl;
    if (answer.age !== undefined) fields.age = answer.age;
    if (answer.expires !== undefined)
      fields.expires = answer.expires === "0" ? "0" : new Date(date + answer.expires * 1000).toUTCString();
    if (answer.vary !== undefined) fields.vary = answer.vary;
    if (answer.groups !== undefined) fields["cache-groups"] = answer.groups;
    if (answer.invalidates !== undefined) fields["cache-group-invalidation"] = answer.invalidates;
    const common = { n, by, sent, sentAt, at };
    if (this.#isNotModified(answer, by, sent, tag, modified)) {
      if (answer.notModified === "other") fields.etag = '"other"';
      if (answer.notModified === "weakened") fields.etag = `W/${tag}`;
      if (answer.notModified === "full" && answer.tag !== "none") fields.etag = tagAs(answer.tag, tag);
      if (answer.notModified === "date" || (answer.notModified === "full" && answer.modified))
        fields["last-modified"] = modified;
      return { ...common, status: 304, fields, content: "", whole: "" };
    }
    if (answer.tag !== "none") fields.etag = tagAs(answer.tag, tag);
    if (answer.modified) fields["last-modified"] = modified;
    if (answer.location !== undefined)
      fields[answer.status === 302 ? "location" : "content-location"] = targets[answer.location]!;
    const empty = by.method === "HEAD" || answer.status === 204;
    const whole = empty ? "" : this.#text(target, selectedBy, sent);
    const isSame = !("if-range" in sent) || (answer.tag === "strong" && sent["if-range"] === tag);
    const isPart = answer.ranges && answer.status === 200 && by.method === "GET" && isSame;
    const part = isPart ? rangeIn(whole.length, sent.range) : undefined;
    const content = part === undefined ? whole : whole.slice(part[0], part[1] + 1);
    if (part !== undefined) fields["content-range"] = `bytes ${part[0]}-${part[1]}/${whole.length}`;
    if (!empty) fields["x-body"] = n;
    if (!empty && (answer.body === "announced" || answer.body === "short"))
      fields["content-length"] = `${content.length}`;
    return { ...common, status: part === undefined ? answer.status : 206, fields, content, whole };
  }

  #isNotModified(
    { notModified, status }: Extract<Answer, { does: "answer" }>,
    by: Asked,
    sent: Head,
    tag: string,
    modified: string,
  ): boolean {
    if (notModified === "always") return by.method === "GET";
    if (notModified === "ignores" || status !== 200 || (by.method !== "GET" && by.method !== "HEAD")) return false;
    if ("if-none-match" in sent) return members(sent["if-none-match"]).some((one) => opaque(one) === tag);
    return time(sent["if-modified-since"]) === time(modified);
  }
}

const tagAs = (kind: "strong" | "weak", tag: string) => (kind === "weak" ? `W/${tag}` : tag);
const isDated = (answer: Extract<Answer, { does: "answer" }>) => answer.dated !== undefined;
