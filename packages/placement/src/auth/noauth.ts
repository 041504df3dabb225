import { Refusal } from "../refusal.ts";
import type { Authenticate } from "./identity.ts";

/**
 * For development and tests, as upstream's noauth2: the token is `user` or `user:project` and is believed. The user
 * `admin` has the role admin; x-roles replaces the roles, x-project-id the project. `openstack-system-scope` makes
 * it a token of the system.
 */
export const noauth: Authenticate = (fields) => {
  const token = fields("x-auth-token");
  if (token === undefined) throw new Refusal(401, "");
  const [user, ...project] = token.split(":");
  const roles = fields("x-roles")?.split(",") ?? (user === "admin" ? ["admin"] : []);
  const systemScope = fields("openstack-system-scope") === "all";
  const own = fields("x-project-id") ?? (project.join(":") || user);
  return { user: user!, project: systemScope ? undefined : own, roles, systemScope };
};
