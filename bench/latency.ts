import { ours } from "./ours.ts";
import { queueRivals } from "./queue-rivals.ts";
import type { Result } from "./result.ts";
import { type Bench, runRounds, toResult } from "./rounds.ts";

/** From the enqueue call to the handler's first line, one task at a time on an idle system. */
export async function latency(bench: Bench): Promise<Result[]> {
  const options = { samples: bench.samples };
  const programs = Object.entries(queueRivals).map(
    ([who, measure]) => [who, () => measure({ mode: "latency", ...options })] as const,
  );
  const runs = await runRounds(bench, "latency", {
    ...Object.fromEntries(programs),
    ...(ours.latency && { ours: () => ours.latency!(options) }),
  });
  return [
    toResult(runs, { name: "latency p50", field: "p50", unit: "ms", better: "less" }),
    toResult(runs, { name: "latency p99", field: "p99", unit: "ms", better: "less" }),
  ];
}
