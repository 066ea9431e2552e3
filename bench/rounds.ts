import { median, type Result, withRatio } from "./result.ts";

/** The numbers one run of one program gave. */
export type Found = Record<string, number>;

/** What the bench hands to each benchmark. */
export interface Bench {
  /** Runs of each program; the median counts. */
  runs: number;
  /** Length of one HTTP measurement. */
  seconds: number;
  /** Tasks that are enqueued and drained. */
  tasks: number;
  /** Tasks sent one by one for the latency. */
  samples: number;
  /** Tells the person at the terminal what is measured now. */
  say(line: string): void;
}

/** Runs every program `bench.runs` times: round by round, so that a machine that changes its speed does so for all. */
export async function runRounds(bench: Bench, name: string, programs: Record<string, () => Promise<Found>>) {
  const runs: Record<string, Found[]> = {};
  for (let run = 1; run <= bench.runs; run++) {
    for (const [who, program] of Object.entries(programs)) {
      const found = await program();
      runs[who] = [...(runs[who] ?? []), found];
      const numbers = Object.entries(found).map(([key, value]) => `${key} ${value.toFixed(value < 100 ? 2 : 0)}`);
      bench.say(`${name}, run ${run} of ${bench.runs}, ${who}: ${numbers.join(", ")}`);
    }
  }
  return runs;
}

/** The medians of one field; the program called "ours" is ours. */
export function toResult(
  runs: Record<string, Found[]>,
  { field, ...head }: Pick<Result, "name" | "unit" | "better"> & { field: string },
): Result {
  const medians = Object.entries(runs).map(([who, found]) => [who, median(found.map((one) => one[field]!))] as const);
  const { ours, ...rivals } = Object.fromEntries(medians);
  return withRatio({ ...head, ours, rivals, runs });
}
