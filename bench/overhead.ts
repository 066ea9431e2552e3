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
    const added = (field: "p5" | "p50") =>
      median((runs.ours ?? []).map((one, i) => one[field]! - (runs["by hand"]?.[i]?.[field] ?? 0)));
    const verdict = added("p50") <= MOST[kind] ? "within" : "OVER";
    // On a machine that does other things too, the quietest runs say what the platform itself costs.
    bench.say(
      `overhead of ${kind}: ${added("p50").toFixed(2)} ms added, ${verdict} the ${MOST[kind]} ms that are allowed; ${added("p5").toFixed(2)} ms in the quietest runs`,
    );
  }
  return results;
}
