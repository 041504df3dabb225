import { exchange } from "@larder/cache";
import { date, Fields } from "@larder/core";
import type { PlainRoute } from "@larder/formats";
import type { Incoming, Outgoing } from "@larder/server";
import type { Gateway } from "./gateway.ts";
import type { Mount } from "./mount.ts";
import { failed, send } from "./outgoing.ts";

/** Anything behind an `http` mount: a shared cache as RFC 9111 has it, nothing read, nothing rewritten but Location. */
export async function answerPlain(
  gateway: Gateway,
  mount: Mount,
  { target }: PlainRoute,
  incoming: Incoming,
): Promise<Outgoing> {
  const { keySpace, upstream, policies } = mount;
  const answer = await exchange(gateway.cache, {
    head: { method: incoming.head.method, target, fields: incoming.head.fields },
    cacheKey: keySpace + target,
    keySpace,
    body: incoming.body,
    policy: policies.plain,
    upstream,
    onInterim: (interim) => incoming.interim(interim),
  });
  if ("failed" in answer) return failed(answer, mount);
  const location = answer.fields.get("location");
  const moved = location === undefined ? undefined : throughMount(location, mount);
  const fields = moved === undefined ? answer.fields : answer.fields.with({ location: moved });
  const raw =
    answer.age === undefined
      ? fields.raw
      : [...fields.filter((name) => name !== "age").raw, "Age", ageText(answer.age)];
  const length = answer.content?.length;
  const representation = { status: answer.status, fields: Fields.fromRaw(raw), length };
  if (answer.passed) {
    const seen = { ...incoming.head, fields: Fields.empty };
    return send(seen, representation, answer.content, mount, answer.cacheStatus);
  }
  // RFC 9111 §4.3.2: a response without Last-Modified is as old as its Date
  const modified = fields.has("last-modified") ? undefined : fields.read(date);
  const dated = modified === undefined ? representation : { ...representation, lastModified: modified };
  return send(incoming.head, dated, answer.content, mount, answer.cacheStatus);
}

/** RFC 9111 §5.1: whole seconds, at least 0. */
const ageText = (age: number) => String(Math.max(0, Math.floor(age)));

/** An absolute Location of the upstream's, as clients of the mount reach it. */
function throughMount(location: string, { config }: Mount): string | undefined {
  const base = config.upstream.href;
  return location.startsWith(base) ? config.prefix + location.slice(base.length) : undefined;
}
