// A request of a random sequence, and the small tools that the kinds of requests are written with.
import * as fc from "fast-check";
import { minor } from "./pools.ts";

/** Plain data, so that a sequence can be printed and run again. Placeholders in path and body: see send.ts. */
export interface Call {
  /** which of the kinds it is, for the statistics */
  readonly kind: string;
  readonly method: string;
  /** with its query */
  readonly path: string;
  /** value of OpenStack-API-Version */
  readonly version: string | undefined;
  /** beside the token and what the body needs; undefined = without that field */
  readonly fields: Readonly<Record<string, string | undefined>>;
  /** JSON, or a text that is sent as it is */
  readonly body: unknown;
}

type Made = { readonly method: string; readonly path: string; readonly body?: unknown };

/** A kind of request: how often it comes, and how it is made for a minor version. */
export interface Kind {
  readonly name: string;
  readonly weight: number;
  readonly made: (minor: number) => fc.Arbitrary<Made>;
}

export const kind = (name: string, weight: number, made: (minor: number) => fc.Arbitrary<Made>): Kind => ({
  name,
  weight,
  made,
});

/** Calls of a kind, at random microversions or at the given one. */
export const callsOf = (one: Kind, at: fc.Arbitrary<number> = minor): fc.Arbitrary<Call> =>
  at.chain((version) =>
    one.made(version).map((made) => ({
      kind: one.name,
      version: `placement 1.${version}`,
      fields: {},
      body: undefined,
      ...made,
    })),
  );

/** A query of some of the parameters; a parameter with several values is repeated. */
export const query = (
  parameters: Record<string, fc.Arbitrary<string | readonly string[]>>,
  chance = 0.5,
): fc.Arbitrary<string> => {
  const present = (arbitrary: fc.Arbitrary<string | readonly string[]>) =>
    fc.oneof(
      { weight: Math.round((1 - chance) * 20), arbitrary: fc.constant<readonly string[]>([]) },
      { weight: Math.round(chance * 20), arbitrary },
    );
  return fc
    .record(Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, present(value)])))
    .map((chosen) => {
      const pairs = Object.entries(chosen).flatMap(([name, values]) => [values].flat().map((one) => `${name}=${one}`));
      return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
    });
};

/** Mostly the first, now and then the other. */
export const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight = 20): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

/** Without one of the members, or with one too many, now and then. */
export const bent = (
  object: fc.Arbitrary<Record<string, unknown>>,
  weight = 25,
): fc.Arbitrary<Record<string, unknown>> =>
  mostly(
    object,
    fc.tuple(object, fc.nat(5), fc.boolean()).map(([whole, at, extra]) => {
      if (extra) return { ...whole, extra: 1 };
      const entries = Object.entries(whole);
      return Object.fromEntries(entries.toSpliced(at % Math.max(1, entries.length), 1));
    }),
    weight,
  );
