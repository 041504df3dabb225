const valid = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i;

/** A project's name in its normal form (PEP 503): lower case, each run of `-`, `_` and `.` one `-`. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** Whether it can be a project's name at all (PEP 508). */
export function isProjectName(name: string): boolean {
  return valid.test(name);
}
