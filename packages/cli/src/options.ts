import type { Settings } from "@larder/server";
import { type Command, Option } from "commander";

/** Adds the settings of a table that the command line has as options: `--key PLACEHOLDER`, flags without. */
export function addSettings(command: Command, settings: Settings): Command {
  for (const [key, { kind, help, defaults, option }] of Object.entries(settings)) {
    if (option !== true) continue;
    const flags = kind.placeholder === undefined ? `--${key}` : `--${key} <${kind.placeholder}>`;
    command.addOption(new Option(flags, defaults === undefined ? help : `${help} (default: ${defaults})`));
  }
  return command;
}

/** Reads an option that may be repeated: all its values, in order. */
export const repeated = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** The values of these options by the settings' keys; commander names them in camel case. */
export function optionValues(options: Readonly<Record<string, unknown>>, settings: Settings): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const key of Object.keys(settings)) {
    const value = options[key.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
    if (value !== undefined) values[key] = value;
  }
  return values;
}

/** A table of settings as lines of a help text. */
export function describeSettings(settings: Settings): string {
  const width = Math.max(...Object.keys(settings).map((key) => key.length));
  return Object.entries(settings)
    .map(([key, { help, defaults }]) => {
      const text = defaults === undefined ? help : `${help} (default: ${defaults})`;
      return `  ${key.padEnd(width)}  ${text}`;
    })
    .join("\n");
}
