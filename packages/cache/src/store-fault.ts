/** Something that a store got over, and that its operator should know of. */
export interface StoreFault {
  /** `database`: it was damaged or can't be read; `content`: a response's content was; `disk`: something can't be written */
  readonly kind: "database" | "content" | "disk";
  /** what is wrong, where, and what was done about it */
  readonly message: string;
  readonly cause?: unknown;
}
