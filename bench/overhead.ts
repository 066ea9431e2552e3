import { ours } from "./ours.ts";
import { runProgram } from "./program.ts";
import { median, type Result } from "./result.ts";
import { type Bench, type Found, runRounds, toResult } from "./rounds.ts";

/** What the platform may add to a run over the same program by hand, in milliseconds (issue 5). */
const MOST = { service: 10, command: 40 };

/** The same program by hand and through the platform, in turn in the same rounds, isolation as it is by default. */
export async function overhead(bench: Bench): Promise<Result[]> {
  const options = { samples: bench.samples };
  const results: Result[] = [];
  for (const kind of ["service", "command"] as const) {
    const byHand = kind === "service" ? "rivals/bare-service.js" : "rivals/bare-process.js";
    const runs = await runRounds(bench, `overhead of ${kind}`, {
      "by hand": async () => (await runProgram(byHand, options)) as Found,
      ...(ours[kind] && { ours: () => ours[kind]!(options) }),
    });
    results.push(toResult(runs, { name: `${kind} p50`, field: "p50", unit: "ms", better: "less" }));
    const added = median((runs.ours ?? []).map((one, i) => one.p50! - (runs["by hand"]?.[i]?.p50 ?? 0)));
    const verdict = added <= MOST[kind] ? "within" : "OVER";
    bench.say(`overhead of ${kind}: ${added.toFixed(2)} ms added, ${verdict} the ${MOST[kind]} ms that are allowed`);
  }
  return results;
}
