/** The price for what the form holds now; an app's is asked for (ask-cost.ts). */
import type { RunInputs, ToolDetail } from "@modelyard/contract";
import { useEffect, useState } from "react";
import { type Cost, costOf } from "./cost.ts";

/** Milliseconds without a change after which a price is asked for. */
const PAUSE_MS = 250;

export function useCost(
  model: Pick<ToolDetail, "slugowner" | "slugproject" | "modelyard">,
  values: RunInputs["values"] | undefined,
): Cost {
  const { app, problem } = model.modelyard;
  const [quoted, setQuoted] = useState<{ values: RunInputs["values"]; cost: Cost }>();
  const { slugowner, slugproject } = model;
  const asks = app !== null && problem === null;
  useEffect(() => {
    if (!asks || !values) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { askCost, asParameters } = await import("./ask-cost.ts");
        const cost = await askCost({ slugowner, slugproject }, asParameters(values), abort.signal);
        setQuoted({ values, cost });
      } catch {
        // The price of a run where nothing is chosen stays; the server names the right one before anything is charged.
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asks, values, slugowner, slugproject]);
  return quoted && quoted.values === values ? quoted.cost : costOf(model, values);
}
