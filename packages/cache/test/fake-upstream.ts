import { Fields, type RequestHead } from "@larder/core";
import { type Upstream, UpstreamFailure, type UpstreamResponse } from "../src/index.ts";

/** What the fake answers to one request: a head and its content, or a failure. */
export type Answer =
  | { readonly status?: number; readonly fields?: Readonly<Record<string, string>>; readonly body?: Body }
  | UpstreamFailure;
type Body = string | AsyncIterable<Uint8Array>;

/** An upstream that answers from a list, one entry a request, and remembers what it was asked. */
export interface FakeUpstream extends Upstream {
  readonly asked: RequestHead[];
}

/** @param answers in order; asked once more than there are, it throws */
export function fakeUpstream(
  ...answers: (Answer | ((request: RequestHead) => Answer | Promise<Answer>))[]
): FakeUpstream {
  const asked: RequestHead[] = [];
  return {
    asked,
    async send(request): Promise<UpstreamResponse> {
      const next = answers[asked.length];
      asked.push(request);
      if (next === undefined) throw new Error(`the upstream was asked ${asked.length} times`);
      const answer = typeof next === "function" ? await next(request) : next;
      if (answer instanceof UpstreamFailure) throw answer;
      return {
        status: answer.status ?? 200,
        fields: Fields.of(...Object.entries(answer.fields ?? {})),
        body: typeof answer.body === "object" ? answer.body : once(answer.body ?? ""),
      };
    },
  };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  if (text !== "") yield new TextEncoder().encode(text);
}

/** An upstream's failure of the kind. */
export const failure = (kind: UpstreamFailure["kind"], unsent = false) =>
  new UpstreamFailure(kind, `it is ${kind}`, { unsent });

/** Content whose chunks come when the test says so. */
export function slowBody(): {
  body: AsyncIterable<Uint8Array>;
  give(text: string): void;
  end(): void;
  breakOff(): void;
} {
  const stream = new TransformStream<Uint8Array, Uint8Array>();
  const writer = stream.writable.getWriter();
  const quietly = (promise: Promise<unknown>) => void promise.catch(() => undefined);
  return {
    body: stream.readable as unknown as AsyncIterable<Uint8Array>,
    give: (text) => quietly(writer.write(new TextEncoder().encode(text))),
    end: () => quietly(writer.close()),
    breakOff: () => quietly(writer.abort(new UpstreamFailure("broken", "it broke off", { unsent: false }))),
  };
}
