/** Prints rows of text in columns, or the values as JSON. */
export function printTable(values: readonly object[], rows: readonly (readonly string[])[], asJson: boolean): void {
  if (asJson) {
    print(JSON.stringify(values, undefined, 2));
    return;
  }
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(cell.length, most[i] ?? 0)), []);
  for (const row of rows)
    print(
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    );
}

/** Prints a line. */
export const print = (line: string) => void process.stdout.write(`${line}\n`);
