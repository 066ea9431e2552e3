import { ours } from "./ours.ts";
import { runProgram } from "./program.ts";
import type { Result } from "./result.ts";
import { type Bench, type Found, runRounds, toResult } from "./rounds.ts";

/** What a task of runner `command` costs over the process it runs: both once around `true`, one at a time on an idle system. */
export async function command(bench: Bench): Promise<Result[]> {
  const options = { samples: bench.samples };
  const runs = await runRounds(bench, "command", {
    "bare process": async () => (await runProgram("rivals/bare-process.js", options)) as Found,
    ...(ours.command && { ours: () => ours.command!(options) }),
  });
  const result = toResult(runs, { name: "command p50", field: "p50", unit: "ms", better: "less" });
  if (result.ours !== undefined)
    bench.say(`command: ${(result.ours - (result.rivals["bare process"] ?? 0)).toFixed(2)} ms added`);
  return [result];
}

/** Resident memory of server and worker at idle; there is no rival in this. */
export async function memory(bench: Bench): Promise<Result[]> {
  const runs = await runRounds(bench, "memory", { ...(ours.memory && { ours: ours.memory }) });
  return [toResult(runs, { name: "idle memory", field: "megabytes", unit: "MB", better: "less" })];
}
