// The differences that are meant: each has a name here, stands under it in packages/placement/CHOICES.md, and says of a
// request and its two answers whether it explains them.
import type { Difference } from "./compare.ts";
import type { Answered, Filled } from "./send.ts";

export interface Exchange {
  readonly sent: Filled;
  readonly ours: Answered;
  readonly real: Answered;
  readonly differences: readonly Difference[];
}

interface Choice {
  readonly name: string;
  readonly explains: (exchange: Exchange) => boolean;
  /** afterwards the two services hold something different: the sequence ends here */
  readonly parts?: true;
}

const parameters = ({ sent }: Exchange) => new URL(sent.path, "http://service.example").searchParams;
const candidatesOf = ({ text }: Answered): unknown[] => JSON.parse(text).allocation_requests ?? [];
const asks = (exchange: Exchange) =>
  exchange.sent.path.startsWith("/allocation_candidates") && exchange.ours.status === 200;
const groups = (exchange: Exchange) => [...parameters(exchange)].filter(([name]) => name.startsWith("resources"));
const suffixes = (exchange: Exchange) => groups(exchange).filter(([name]) => name !== "resources");

/** The words of an error, without the request's id. */
const wordsOf = (text: string) => text.replace(/req-[0-9a-f-]{36}/, "").match(/[\w-]+/g) ?? [];
const words = (text: string) => wordsOf(text).join(" ");
const sortedWords = (text: string) => wordsOf(text).sort().join(" ");

export const choices: readonly Choice[] = [
  {
    name: "no internal errors",
    explains: ({ ours, real }) => real.status === 500 && ours.status < 500,
    parts: true,
  },
  {
    name: "what was wrong without the whole schema",
    explains: ({ ours, real }) => {
      const cut = real.text.replace(/(Failed validating \S+ in schema\S*?):\s[\s\S]*?(?=On instance)/, "$1 ");
      // a long value is shown in part
      const [shown, rest] = ours.text.split("…");
      const alike =
        rest === undefined
          ? words(cut) === words(ours.text)
          : words(cut).startsWith(words(shown!).replace(/ \S*$/, ""));
      return real.status === 400 && ours.status === 400 && alike;
    },
  },
  {
    name: "Last-Modified of a changed provider is that of the change",
    explains: ({ sent, ours, differences }) =>
      sent.method === "PUT" &&
      /^\/resource_providers\/[^/]+$/.test(sent.path) &&
      ours.status === 200 &&
      differences.every(({ where }) => where === "field last-modified"),
  },
  {
    name: "the JSON parser's own words",
    explains: ({ ours, real }) =>
      [ours, real].every(({ status, text }) => status === 400 && text.includes("Malformed JSON")),
  },
  {
    name: "prefixes of traits are exact",
    explains: ({ sent, ours }) => sent.path.includes("name=startswith:custom") && ours.status === 200,
  },
  {
    name: "no SQL in sentences",
    explains: ({ ours, real }) => real.status === ours.status && real.text.includes("[SQL: "),
  },
  {
    name: "lists inside of sentences are in order",
    explains: ({ ours, real }) =>
      ours.status === real.status && ours.status >= 400 && sortedWords(ours.text) === sortedWords(real.text),
  },
  {
    name: "of several unknown names one is told",
    explains: ({ ours, real }) => {
      const nameless = ({ text }: Answered) =>
        words(text.replace(/(No such (?:trait\(s\):|resource class)) [^ ]+/, "$1"));
      return ours.status === 400 && real.status === 400 && nameless(ours) === nameless(real);
    },
  },
  {
    name: "no consumer without allocations",
    explains: ({ real }) => real.status === 409 && /expected 0 but got (?:None|[1-9])/.test(real.text),
    parts: true,
  },
  {
    name: "unknown names are always noticed",
    explains: ({ sent, ours, real }) =>
      sent.method === "GET" &&
      ours.status === 400 &&
      /No such (?:trait|resource class)/.test(ours.text) &&
      /^\{"(?:allocation_requests|resource_providers)": \[\]/.test(real.text),
  },
  {
    name: "limited candidates are any candidates",
    explains: (exchange) =>
      asks(exchange) &&
      parameters(exchange).has("limit") &&
      candidatesOf(exchange.ours).length === candidatesOf(exchange.real).length,
  },
  {
    name: "amounts of one class in several groups add up",
    explains: (exchange) => {
      const classes = groups(exchange).map(([, value]) => new Set(value.split(",").map((one) => one.split(":")[0]!)));
      return (
        asks(exchange) &&
        parameters(exchange).get("group_policy") !== "none" &&
        classes.some((one, i) => classes.some((other, j) => i < j && !one.isDisjointFrom(other)))
      );
    },
  },
  {
    name: "no candidate is lost where providers share",
    explains: (exchange) => {
      if (!asks(exchange) || exchange.real.status !== 200 || suffixes(exchange).length === 0) return false;
      const mine = new Set(candidatesOf(exchange.ours).map((one) => sorted(one)));
      const theirs = candidatesOf(exchange.real).map((one) => sorted(one));
      return groups(exchange).some(([name]) => name === "resources") && theirs.every((one) => mine.has(one));
    },
  },
  {
    name: "groups without resources mean what they say",
    explains: (exchange) =>
      asks(exchange) &&
      [...parameters(exchange).keys()].some((name) => {
        const suffix = /^(?:required|member_of|in_tree)(.+)$/.exec(name)?.[1];
        return suffix !== undefined && !parameters(exchange).has(`resources${suffix}`);
      }),
  },
];

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).sort()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, one]) => `${name}:${sorted(one)}`)
    .sort()}}`;
}
