/** What one benchmark found. Every number is the median of its runs. */
export interface Result {
  name: string;
  unit: "tasks/s" | "files/s" | "pages/s" | "ms" | "MB" | "of 100" | "shift";
  /** Whether a larger number is the better one. */
  better: "more" | "less";
  ours?: number;
  rivals: Record<string, number>;
  /** How many times better ours is than the best rival; under 1 it is worse. */
  ratio?: number;
  /** Every run's raw numbers, and what else was counted. */
  runs: Record<string, unknown[]>;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How many times better `ours` is than `rival`. */
export function compare(better: Result["better"], ours: number, rival: number): number {
  return better === "more" ? ours / rival : rival / ours;
}

/** Fills in the ratio to the best rival. */
export function withRatio(result: Omit<Result, "ratio">): Result {
  const rivals = Object.values(result.rivals);
  if (result.ours === undefined || rivals.length === 0) return result;
  const ratios = rivals.map((rival) => compare(result.better, result.ours!, rival));
  return { ...result, ratio: Math.min(...ratios) };
}

/** A table with a line per rival: its number, ours, and how many times better ours is. */
export function formatTable(results: Result[]): string {
  const number = (value?: number) => (value === undefined ? "–" : value >= 100 ? value.toFixed(0) : value.toFixed(2));
  const lines = results.flatMap((result) =>
    Object.entries(result.rivals).map(([rival, value]) => [
      result.name,
      rival,
      `${number(value)} ${result.unit}`,
      result.ours === undefined ? "–" : `${number(result.ours)} ${result.unit}`,
      result.ours === undefined ? "–" : `${compare(result.better, result.ours, value).toFixed(2)}×`,
    ]),
  );
  const table = [["benchmark", "rival", "rival's", "ours", "ours is better"], ...lines];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const pad = (cell: string, column: number) =>
    column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return table.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}
