import { createHash } from "node:crypto";
import { Refusal } from "../refusal.ts";
import type { Authenticate, Identity } from "./identity.ts";

export interface KeystoneOptions {
  /** without `/v3` */
  readonly url: URL;
  /** whom this service is for Keystone, so that it may validate tokens */
  readonly user: string;
  readonly password: string;
  readonly project: string;
  /** name of the domain of both */
  readonly domain: string;
  /** how long an answer about a token is believed */
  readonly cacheSeconds: number;
  /** a service token with one of these roles lets an expired token of a user pass */
  readonly serviceRoles: readonly string[];
  readonly fetch: typeof fetch;
  /** milliseconds since the epoch */
  readonly now: () => number;
}

/** What Keystone says of a token (Identity API v3, GET /v3/auth/tokens). */
interface TokenBody {
  readonly token: {
    readonly expires_at: string;
    readonly user: { readonly id: string; readonly domain?: { readonly id: string } };
    readonly project?: { readonly id: string; readonly domain?: { readonly id: string } };
    readonly system?: { readonly all?: boolean };
    readonly domain?: { readonly id: string };
    readonly roles?: readonly { readonly name: string }[];
  };
}

/** An answer that is believed until then; `undefined` = Keystone does not know such a token. */
interface Known {
  readonly token: Validated | undefined;
  readonly until: number;
}

interface Validated {
  readonly identity: Identity;
  readonly expires: number;
}

/** Answers that are kept at most; the oldest goes first. */
const mostKept = 10_000;
const timeoutMs = 10_000;

/**
 * Validates tokens with Keystone v3, as keystonemiddleware does: each answer is kept for a while, requests about one
 * token share one question, and a service token makes an expired one of a user count.
 */
export function keystone(options: KeystoneOptions): Authenticate {
  const { now } = options;
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<Validated | undefined>>();
  const ask = questioner(options);
  const unauthorized = () =>
    new Refusal(401, "", { authenticate: `Keystone uri="${options.url.href.replace(/\/$/, "")}"` });

  /** At once where the answer is known. */
  function validate(token: string, allowExpired: boolean): Validated | undefined | Promise<Validated | undefined> {
    const key = `${allowExpired ? "e" : "-"}${createHash("sha256").update(token).digest("base64")}`;
    const before = known.get(key);
    if (before !== undefined && before.until > now()) return before.token;
    let answer = asking.get(key);
    if (answer === undefined) {
      answer = ask(token, allowExpired)
        .then((validated) => {
          const most = now() + options.cacheSeconds * 1000;
          const until = validated === undefined || allowExpired ? most : Math.min(most, validated.expires);
          known.delete(key);
          if (known.size >= mostKept) known.delete(known.keys().next().value!);
          known.set(key, { token: validated, until });
          return validated;
        })
        .finally(() => asking.delete(key));
      asking.set(key, answer);
    }
    return answer;
  }

  function decide(validated: Validated | undefined, allowExpired: boolean): Identity {
    if (validated === undefined || (!allowExpired && validated.expires <= now())) throw unauthorized();
    return validated.identity;
  }

  return (fields) => {
    const token = fields("x-auth-token");
    if (!token) throw unauthorized();
    const serviceToken = fields("x-service-token");
    if (serviceToken !== undefined) {
      return (async () => {
        const service = decide(await validate(serviceToken, false), false);
        const trusted = service.roles.some((role) => options.serviceRoles.includes(role));
        return decide(await validate(token, trusted), trusted);
      })();
    }
    const validated = validate(token, false);
    return validated instanceof Promise ? validated.then((answer) => decide(answer, false)) : decide(validated, false);
  };
}

/** @returns asks Keystone about a token @throws {Refusal} 503 when Keystone can't be asked */
function questioner(
  options: KeystoneOptions,
): (token: string, allowExpired: boolean) => Promise<Validated | undefined> {
  const { url, now } = options;
  let own: { readonly token: string; readonly until: number } | undefined;
  const base = `${url.href.replace(/\/$/, "")}/v3/auth/tokens`;

  async function send(input: string, init: RequestInit): Promise<Response> {
    try {
      return await options.fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    } catch {
      throw new Refusal(503, "Keystone can't be reached.");
    }
  }

  /** This service's own token. */
  async function login(): Promise<string> {
    const domain = { name: options.domain };
    const response = await send(base, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({
        auth: {
          identity: {
            methods: ["password"],
            password: { user: { name: options.user, domain, password: options.password } },
          },
          scope: { project: { name: options.project, domain } },
        },
      }),
    });
    const token = response.headers.get("x-subject-token");
    if (response.status !== 201 || token === null)
      throw new Refusal(503, "Keystone does not let this service validate tokens: its user or password is wrong.");
    const { expires_at } = ((await response.json()) as TokenBody).token;
    // renewed a little before it ends
    own = { token, until: Date.parse(expires_at) - 30_000 };
    return token;
  }

  async function question(subject: string, allowExpired: boolean, again: boolean): Promise<Validated | undefined> {
    const token = own !== undefined && own.until > now() ? own.token : await login();
    const response = await send(`${base}${allowExpired ? "?allow_expired=1" : ""}`, {
      headers: { "x-auth-token": token, "x-subject-token": subject, accept: "application/json" },
    });
    if (response.status === 404) return undefined;
    if (response.status === 401 && again) {
      own = undefined;
      return question(subject, allowExpired, false);
    }
    if (response.status !== 200) throw new Refusal(503, `Keystone answered ${response.status}.`);
    return read((await response.json()) as TokenBody);
  }

  return (token, allowExpired) => question(token, allowExpired, true);
}

function read({ token }: TokenBody): Validated {
  const attributes: Record<string, string> = {};
  if (token.user.domain) attributes.user_domain_id = token.user.domain.id;
  if (token.project?.domain) attributes.project_domain_id = token.project.domain.id;
  if (token.domain) attributes.domain_id = token.domain.id;
  return {
    identity: {
      user: token.user.id,
      project: token.project?.id,
      roles: (token.roles ?? []).map(({ name }) => name),
      systemScope: token.system?.all === true,
      attributes,
    },
    expires: Date.parse(token.expires_at),
  };
}
