import type { Kind } from "./kinds.ts";

/** Field values by lower-case name; no field has several lines here. */
export type Head = Readonly<Record<string, string>>;

/** A point of a history. */
export interface Moment {
  /** counts everything that happens */
  readonly seq: number;
  /** milliseconds */
  readonly now: number;
}

/** A client's request. */
export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly fields: Head;
  readonly at: Moment;
  /** whether nothing else was under way */
  readonly quiet: boolean;
  /** whether an answer has come that shows no upstream */
  answeredAt?: Moment;
}

/** What came of a request to the upstream. */
export interface Received {
  /** what `x-head` says in it, and `x-body` where it has content of its own */
  readonly n: string;
  /** for whose sake the upstream was asked */
  readonly by: Asked;
  /** as the upstream was asked */
  readonly sent: Head;
  readonly sentAt: Moment;
  readonly at: Moment;
  readonly status: number;
  readonly fields: Head;
  readonly content: string;
  /** what its content is, or is a part of */
  readonly whole: string;
  /** when its content ended, and whether that was too early */
  ended?: { readonly at: Moment; readonly whole: boolean };
}

/** An upstream that gave no response. */
export interface Failed {
  readonly by: Asked;
  readonly at: Moment;
}

/** All that has happened to a cache, seen from outside. */
export class Log {
  readonly kind: Kind;
  readonly moments: Moment[] = [];
  readonly received: Received[] = [];
  readonly failed: Failed[] = [];
  #now: number;

  constructor(kind: Kind, now: number) {
    this.kind = kind;
    this.#now = now;
  }

  get now(): number {
    return this.#now;
  }

  pass(seconds: number): void {
    this.#now += seconds * 1000;
    this.tick();
  }

  /** Something happens. */
  tick(): Moment {
    const moment = { seq: this.moments.length, now: this.#now };
    this.moments.push(moment);
    return moment;
  }

  /** What happened while a request waited for its answer, its first moment included. */
  during(asked: Asked): readonly Moment[] {
    return this.moments.slice(asked.at.seq, (asked.answeredAt?.seq ?? this.moments.length) + 1);
  }
}
