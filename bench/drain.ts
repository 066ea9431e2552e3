import { ours } from "./ours.ts";
import { queueRivals } from "./queue-rivals.ts";
import type { Result } from "./result.ts";
import { type Bench, runRounds, toResult } from "./rounds.ts";

const CONCURRENCY = 64;

/** No-op tasks per second, from the first enqueue call to the last task done, enqueued at concurrency 64. */
export async function drain(bench: Bench): Promise<Result[]> {
  const options = { tasks: bench.tasks, concurrency: CONCURRENCY };
  const programs = Object.entries(queueRivals).map(
    ([who, measure]) => [who, () => measure({ mode: "drain", ...options })] as const,
  );
  const runs = await runRounds(bench, "drain", {
    ...Object.fromEntries(programs),
    ...(ours.drain && { ours: () => ours.drain!(options) }),
  });
  return [toResult(runs, { name: "drain", field: "perSecond", unit: "tasks/s", better: "more" })];
}
