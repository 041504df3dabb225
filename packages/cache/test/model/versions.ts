import type { Asked, Head, Log, Moment, Received } from "./log.ts";
import { isWeak, members, opaque, partOf, time } from "./reading.ts";
import { invalidates, isUnsafe, matches, mayStore, surelyMatches } from "./rules.ts";
import { targets } from "./upstream.ts";

/** A response with one of the heads that it has had: its own, or with updates over it (RFC 9111 §3.2). */
export interface Version {
  readonly of: Received;
  /** the last one whose fields went into it */
  readonly head: Received;
  /** for whom it came, or was confirmed last */
  readonly confirmedBy: Asked;
  /** whom it has answered, so that Vary may compare with them (§4.1) */
  readonly askers: readonly Asked[];
  readonly fields: Head;
  readonly requestTime: number;
  readonly responseTime: number;
  /** when it was stored, by itself or, with another's content, as the variant of another request; told apart by it */
  readonly since: Moment;
  /** whether a cache that keeps what it may certainly did so then */
  readonly surely: boolean;
  /** from this count of the log on, until that one: then an update has certainly taken its place */
  readonly from: number;
  until: number;
}

/** All versions that may ever have been in a cache that saw this log. */
export class Versions {
  readonly all: Version[] = [];
  /** what was not to be trusted any more (§4.4, 9875 §3, purges), and when */
  readonly invalidated: { readonly covers: (version: Version) => boolean; readonly seq: number }[] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** A response has come. */
  take(received: Received): void {
    if (received.status === 304) {
      this.#update(received, this.#selected(received));
      return;
    }
    if (received.by.method === "HEAD" && received.status === 200) this.#head(received);
    if (invalidates(received)) this.#invalidate(received);
    if (isUnsafe(received))
      for (const group of members(received.fields["cache-group-invalidation"]))
        this.invalidated.push({ covers: (version) => isIn(group, version), seq: received.at.seq });
    const { sentAt, at, fields, by, sent } = received;
    const times = { requestTime: sentAt.now, responseTime: at.now };
    const askers = { confirmedBy: by, askers: [by] };
    // an error to a validation may have been asked about again
    const surely = received.status < 400 || !this.#log.kind.chose.asksAgain;
    const stored = { since: at, surely, from: at.seq, until: Infinity };
    if (received.status === 206 && sent.range !== by.fields.range) this.#join(received);
    else if (by.method !== "HEAD")
      this.all.push({ of: received, head: received, ...askers, fields, ...times, ...stored });
  }

  /** Whether a version was invalidated before this moment, and not confirmed by an exchange that began later. */
  isInvalid(version: Version, seq: number): boolean {
    const { sentAt, at } = version.head;
    return this.invalidated.some(
      (one) => one.covers(version) && one.seq < seq && sentAt.seq < one.seq && at.seq !== one.seq,
    );
  }

  /** Soft: all that is there must be validated. Hard: and then it is not there any more. */
  purge(mode: "soft" | "hard", scope: "target" | "all" | "group"): void {
    const covers = (version: Version) =>
      scope === "target" ? version.of.by.target === targets[0] : scope === "all" || isIn('"g"', version);
    const { seq } = this.#log.tick();
    this.invalidated.push({ covers, seq });
    if (mode === "hard") for (const version of this.all.filter(covers)) version.until = Math.min(version.until, seq);
  }

  /** §4.3.4: what a 304 may speak of, and whether it surely does. */
  #selected({ by, sent, fields }: Received): { version: Version; surely: boolean }[] {
    const tags = members(sent["if-none-match"]);
    const since = time(sent["if-modified-since"]);
    const asks = ({ fields: { etag, "last-modified": modified } }: Version) =>
      etag !== undefined ? tags.includes(etag) : since !== undefined && time(modified) === since;
    const there = this.all.filter((version) => version.of.by.target === by.target && version.until >= by.at.seq);
    const candidates = there.filter(asks);
    const { etag, "last-modified": modified } = fields;
    if (etag !== undefined && !isWeak(etag))
      return there
        .filter((version) => opaque(version.fields.etag ?? "") === etag && (asks(version) || matches(version, by)))
        .map((version) => ({
          version,
          surely:
            version.of.status !== 206 &&
            version.fields.etag === etag &&
            asks(version) &&
            version.since.seq < by.at.seq &&
            isThere(version.of, by.at.seq),
        }));
    if (etag !== undefined)
      return candidates
        .filter((version) => opaque(version.fields.etag ?? "") === opaque(etag))
        .map((version) => ({ version, surely: false }));
    if (modified !== undefined)
      return candidates
        .filter((version) => version.fields["last-modified"] === modified)
        .map((version) => ({ version, surely: false }));
    // Ours: a 304 without validators speaks of the response whose validator alone was named (policy.bareNotModified)
    const accepts = this.#log.kind.chose.bare === "accept";
    return accepts && tags.length + (since === undefined ? 0 : 1) >= 1 && new Set(tags).size <= 1
      ? candidates.map((version) => ({ version, surely: false }))
      : [];
  }

  #update(received: Received, selected: readonly { version: Version; surely: boolean }[]): void {
    const { at, sentAt } = received;
    const by: Asked = { ...received.by, method: "GET" };
    for (const { version, surely } of selected) {
      const updated: Version = {
        ...version,
        head: received,
        confirmedBy: by,
        fields: overlay(version, received),
        requestTime: sentAt.now,
        responseTime: at.now,
        from: at.seq,
        until: Infinity,
      };
      const [may, must] = [matches(version, by), surelyMatches(version, by)];
      // what the request could not have chosen is not updated; the request may have it as a variant of its own (§4.1)
      if (!must) {
        const alone = surely && !may && selected.length === 1 && !("if-none-match" in by.fields);
        this.all.push({ ...updated, askers: [by], since: at, surely: alone && version.surely });
      }
      if (may) this.all.push({ ...updated, askers: [...version.askers, by] });
      // a request that keeps its own answer out of the cache may leave there what was (§5.2.1.5, §3.5)
      const kept = mayStore(this.#log.kind, by, version.of.status, updated.fields);
      const plain = by.fields["cache-control"] !== "no-store" && !("authorization" in by.fields);
      if (must && surely && (kept || plain)) version.until = Math.min(version.until, at.seq);
    }
  }

  /** §4.3.5: a HEAD may update what it agrees with; a cache may also leave it alone. */
  #head(received: Received): void {
    const { by, fields } = received;
    const agrees = (version: Version) =>
      version.of.by.target === by.target &&
      version.until === Infinity &&
      matches(version, by) &&
      version.of.status === 200 &&
      (fields.etag === undefined || opaque(fields.etag) === opaque(version.fields.etag ?? "")) &&
      (fields["last-modified"] === undefined || fields["last-modified"] === version.fields["last-modified"]);
    this.#update(
      received,
      this.all.filter(agrees).map((version) => ({ version, surely: false })),
    );
  }

  /** §3.4: the rest of what is stored in part; whole with it, where both have the same strong tag and adjoin. */
  #join(rest: Received): void {
    const [first] = partOf(rest.fields)!;
    const adjoins = ({ of, fields }: Version) =>
      of.by.target === rest.by.target &&
      partOf(of.fields)?.join() === `0,${first - 1}` &&
      fields.etag === rest.fields.etag &&
      !isWeak(fields.etag ?? "W/");
    for (const part of this.all.filter(adjoins)) {
      const { "content-range": _, ...kept } = overlay(part, rest);
      const fields: Head = { ...kept, "content-length": `${rest.whole.length}` };
      this.all.push({
        // ends when the rest does
        of: Object.assign(Object.create(rest) as Received, { status: 200, fields, content: rest.whole }),
        head: rest,
        confirmedBy: rest.by,
        askers: [...part.askers, rest.by],
        fields,
        requestTime: rest.sentAt.now,
        responseTime: rest.at.now,
        since: rest.at,
        surely: false,
        from: rest.at.seq,
        until: Infinity,
      });
    }
  }

  #invalidate({ by, fields, at: { seq } }: Received): void {
    for (const target of new Set([by.target, fields.location, fields["content-location"]]))
      this.invalidated.push({ covers: ({ of }) => of.by.target === target, seq });
  }
}

/** 9875 §2 */
const isIn = (group: string, { fields }: Version) => members(fields["cache-groups"]).includes(group);

/** Whether all of a response had come by then. */
export const isThere = ({ ended }: Received, seq: number): boolean => ended?.whole === true && ended.at.seq < seq;

/** §3.2: new fields over the old ones, but for those that the kept content depends on; Age is of one response only. */
function overlay({ fields }: Version, received: Received): Head {
  const { age: _, ...kept } = fields;
  const { etag: __, "content-length": ___, ...brought } = received.fields;
  return { ...kept, ...brought };
}
