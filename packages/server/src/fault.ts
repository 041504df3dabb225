/** A command line, file or environment that is wrong: the message is one line that names the place and the cure. */
export class ConfigFault extends Error {
  override readonly name = "ConfigFault";
}

/** What is wrong with a value, without its place: "expected seconds, a number from 0 on". */
export interface Fault {
  readonly fault: string;
}

export const fault = (text: string): Fault => ({ fault: text });

export function isFault(value: unknown): value is Fault {
  return typeof value === "object" && value !== null && "fault" in value;
}
