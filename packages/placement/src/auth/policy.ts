import type { Identity } from "./identity.ts";
import { type Check, parseRule, type Target } from "./rule-language.ts";

const admins = "rule:admin_or_service_api";

/** Every rule that a route asks, with what it says where no policy file does. */
export const defaultRules = {
  "placement:resource_providers:list": admins,
  "placement:resource_providers:create": admins,
  "placement:resource_providers:show": admins,
  "placement:resource_providers:update": admins,
  "placement:resource_providers:delete": admins,
  "placement:resource_classes:list": admins,
  "placement:resource_classes:create": admins,
  "placement:resource_classes:show": admins,
  "placement:resource_classes:update": admins,
  "placement:resource_classes:delete": admins,
  "placement:resource_providers:inventories:list": admins,
  "placement:resource_providers:inventories:create": admins,
  "placement:resource_providers:inventories:show": admins,
  "placement:resource_providers:inventories:update": admins,
  "placement:resource_providers:inventories:delete": admins,
  "placement:resource_providers:aggregates:list": admins,
  "placement:resource_providers:aggregates:update": admins,
  "placement:resource_providers:usages": admins,
  "placement:usages": "rule:admin_or_project_reader_or_service_api",
  "placement:traits:list": admins,
  "placement:traits:show": admins,
  "placement:traits:update": admins,
  "placement:traits:delete": admins,
  "placement:resource_providers:traits:list": admins,
  "placement:resource_providers:traits:update": admins,
  "placement:resource_providers:traits:delete": admins,
  "placement:allocations:manage": admins,
  "placement:allocations:list": admins,
  "placement:allocations:update": admins,
  "placement:allocations:delete": admins,
  "placement:resource_providers:allocations:list": admins,
  "placement:allocation_candidates:list": admins,
  "placement:reshaper:reshape": "rule:service_api",
} as const;

export type RuleName = keyof typeof defaultRules;

/** Rules that the others are made of. */
const baseRules = {
  admin_api: "role:admin",
  service_api: "role:service",
  admin_or_service_api: "role:admin or role:service",
  project_reader_api: "role:reader and project_id:%(project_id)s",
  admin_or_project_reader_or_service_api: "role:admin or rule:project_reader_api or role:service",
} as const;

export interface PolicyOptions {
  /** only the new defaults; otherwise the base rules are also true for the role admin, as before Wallaby */
  readonly enforceNewDefaults: boolean;
  /** rules of a policy file, by name */
  readonly rules?: Readonly<Record<string, string>>;
}

/** Decides who may do what. A token of the system may nothing here, whatever the rules say: they are about projects. */
export class Policy {
  readonly #checks = new Map<string, Check>();

  /** @throws {Error} for a rule that can't be read, or that asks itself */
  constructor({ enforceNewDefaults, rules = {} }: PolicyOptions) {
    for (const [name, text] of Object.entries({ ...baseRules, ...defaultRules })) {
      const legacy = !enforceNewDefaults && name in baseRules && name !== "admin_api";
      this.#checks.set(name, parseRule(legacy ? `(${text}) or rule:admin_api` : text));
    }
    for (const [name, text] of Object.entries(rules)) {
      if (typeof text !== "string") throw new Error(`the rule ${name} is not text`);
      this.#checks.set(name, parseRule(text));
    }
    for (const name of this.#checks.keys()) this.#refuseCircles(name, []);
  }

  allows(rule: RuleName, identity: Identity, target: Target): boolean {
    if (identity.systemScope) return false;
    const ask = (name: string): boolean => this.#checks.get(name)?.(identity, target, ask) ?? false;
    return ask(rule);
  }

  #refuseCircles(name: string, above: readonly string[]): void {
    if (above.includes(name)) throw new Error(`the rule ${name} asks itself: ${[...above, name].join(" → ")}`);
    const nobody: Identity = { user: "", project: undefined, roles: [], systemScope: false };
    const asked = new Set<string>();
    // every branch is looked at: whatever a rule answers, the others of its text are asked in one of the two runs
    for (const answer of [true, false])
      this.#checks.get(name)?.(nobody, {}, (other) => {
        asked.add(other);
        return answer;
      });
    for (const other of asked) this.#refuseCircles(other, [...above, name]);
  }
}
