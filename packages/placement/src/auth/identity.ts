/** Who asks, as a token proved it. */
export interface Identity {
  readonly user: string;
  /** undefined on a token that is scoped to the system or to nothing */
  readonly project: string | undefined;
  readonly roles: readonly string[];
  /** a token about the whole deployment; no rule of this API allows it */
  readonly systemScope: boolean;
  /** further attributes that rules may compare, by oslo.context's names */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** The fields of a request that say who asks; names in lower case. */
type AuthFields = (name: string) => string | undefined;

/**
 * Finds out who asks.
 * @returns at once where it can, so that a request need not wait
 * @throws {Refusal} 401, or 503 when it can't be found out
 */
export type Authenticate = (fields: AuthFields) => Identity | Promise<Identity>;
