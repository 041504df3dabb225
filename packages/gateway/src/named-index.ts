/** An index as a client's settings name it. */
export interface NamedIndex {
  /** as it is written there, user information included */
  readonly url: string;
  /** where it was found, for people: `UV_DEFAULT_INDEX`, `pip's own default` */
  readonly from: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** path of a PEM file that this client trusts for it */
  readonly caFile?: string | undefined;
  /** forward proxy that this client uses */
  readonly proxy?: string | undefined;
}
