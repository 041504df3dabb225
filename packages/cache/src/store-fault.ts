/** Something that a store got over, and that its operator should know of. */
export interface StoreFault {
  /** `database`: it was damaged or can't be read; `content`: a response's content was; `disk`: something can't be written */
  readonly kind: "database" | "content" | "disk";
  /** what is wrong, where, and what was done about it */
  readonly message: string;
  readonly cause?: unknown;
}

/** What is told of a database that answers with an error and is not damaged. @param path of its file */
export const unusable = (path: string, error: unknown): StoreFault => ({
  kind: "database",
  message: `the database ${path} can't be used just now (${(error as Error).message})`,
  cause: error,
});
