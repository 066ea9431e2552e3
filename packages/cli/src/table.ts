/** Rows under their headings, in columns as wide as they have to be. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return `${all.map((row) => line(row).trimEnd()).join("\n")}\n`;
}

/** Unix seconds as text → a time that people read; "" for 0. */
export function timeText(seconds: string): string {
  return seconds === "0" ? "" : new Date(Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

/** How much of a version is shown; more than enough to name one. */
export const shortVersion = (version: string): string => version.slice(0, 12);

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
