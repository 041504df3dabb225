import type { Upstream } from "@larder/cache";
import type { Answer } from "@larder/cache/testing";
import { Fields, type RequestHead } from "@larder/core";

export const missing: Answer = { status: 404 };

/** What two indexes say of a project's page, and what comes of it: its versions, where there is one; whether b is asked. */
export type PageRow = readonly [
  says: string,
  a: Answer,
  b: Answer,
  then: { status: number; versions?: string[]; asksB: boolean },
];

/** An index whose answers the test sets, by what its URLs end with; what is not set is not there. */
export interface Site extends Upstream {
  readonly asked: RequestHead[];
  says: Record<string, Answer>;
}

export function site(says: Record<string, Answer>): Site {
  const asked: RequestHead[] = [];
  const it: Site = {
    asked,
    says,
    async send(request) {
      asked.push(request);
      const found = Object.entries(it.says).find(([end]) => request.target.endsWith(end))?.[1] ?? missing;
      if (found instanceof Error) throw found;
      return {
        status: found.status ?? 200,
        fields: Fields.of(...Object.entries(found.fields ?? {})),
        body: (async function* () {
          yield Buffer.from(String(found.body ?? ""));
        })(),
      };
    },
  };
  return it;
}
