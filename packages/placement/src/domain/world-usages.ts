import type { Consumer } from "./world-model.ts";

/** What the consumers of one project, user and type hold together. */
export interface UsageRow {
  readonly user: string;
  /** null = the consumers without a type */
  readonly consumerType: string | null;
  /** how many consumers */
  readonly consumers: number;
  /** amount by class id; classes of which nothing is held any more are left out */
  readonly amounts: ReadonlyMap<number, number>;
}

interface OwnRow extends UsageRow {
  consumers: number;
  readonly amounts: Map<number, number>;
}

interface Project {
  /** number of the change counter */
  changed: number;
  readonly rows: Map<string, OwnRow>;
}

/** Totals of what consumers hold, by project, kept current with every consumer that comes or goes. */
export class Usages {
  readonly #projects = new Map<string, Project>();

  /** The rows of a project, one for each user and consumer type that holds anything; none for an unknown project. */
  of(project: string): Iterable<UsageRow> {
    return this.#projects.get(project)?.rows.values() ?? [];
  }

  /** The number of the change counter at which the usages of a project last changed; 0 = it never had any. */
  changed(project: string): number {
    return this.#projects.get(project)?.changed ?? 0;
  }

  /** After a snapshot: nothing is known about what went before. */
  settle(number: number): void {
    for (const project of this.#projects.values()) project.changed = number;
  }

  /** A consumer with its allocations comes (1) or goes (-1). */
  count(consumer: Consumer, sign: 1 | -1, number: number): void {
    let project = this.#projects.get(consumer.project);
    if (project === undefined) {
      project = { changed: 0, rows: new Map() };
      this.#projects.set(consumer.project, project);
    }
    project.changed = Math.max(project.changed, number);
    const key = JSON.stringify([consumer.user, consumer.consumerType]);
    let row = project.rows.get(key);
    if (row === undefined) {
      row = { user: consumer.user, consumerType: consumer.consumerType, consumers: 0, amounts: new Map() };
      project.rows.set(key, row);
    }
    row.consumers += sign;
    for (const { classId, amount } of consumer.allocations) {
      const left = (row.amounts.get(classId) ?? 0) + sign * amount;
      if (left === 0) row.amounts.delete(classId);
      else row.amounts.set(classId, left);
    }
    if (row.consumers === 0) project.rows.delete(key);
  }
}
