/** An archive that can't be made or used; the message says why and what to do. */
export class ArchiveFault extends Error {
  override readonly name = "ArchiveFault";
}
