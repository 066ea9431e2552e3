/** The price for what the form holds now. An app's is asked for: it depends on the models that it is made of. */
import type { RunInputs, ToolDetail, ToolQuote } from "@modelyard/contract";
import { useEffect, useState } from "react";
import { dollars } from "../catalogue/describe.ts";
import { type Cost, costOf } from "./cost.ts";

/** Milliseconds without a change after which a price is asked for. */
const PAUSE_MS = 250;

/** Values as a request may carry them; a file that is not sent yet counts as one. */
function asParameters(values: RunInputs["values"]): Record<string, unknown> {
  const shown = (value: RunInputs["values"][string]) =>
    Array.isArray(value) ? value.map((_, index) => `https://file.invalid/${index}`) : value;
  return Object.fromEntries(Object.entries(values).map(([id, value]) => [id, shown(value)]));
}

export function useCost(
  model: Pick<ToolDetail, "slugowner" | "slugproject" | "modelyard">,
  values: RunInputs["values"] | undefined,
): Cost {
  const { app } = model.modelyard;
  const asked = app && values ? JSON.stringify(asParameters(values)) : undefined;
  const [quoted, setQuoted] = useState<{ asked: string; cost: Cost }>();
  const { slugowner, slugproject } = model;
  useEffect(() => {
    if (asked === undefined) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const body = JSON.stringify({ slugowner, slugproject, parameters: asked });
        const response = await fetch("/v1/Tool/Quote", { method: "POST", body, signal: abort.signal });
        const { hold, exact, lines } = ((await response.json()) as { quote: ToolQuote }).quote;
        const sum = lines.map(
          ({ unit, quantity, amount }) => `${quantity > 1 ? `${quantity} × ` : ""}${unit} ${dollars(amount)}`,
        );
        const most = exact ? "a run" : "at most; what its steps really cost is billed";
        setQuoted({ asked, cost: { headline: dollars(hold), detail: `${most}: ${sum.join(", ")}` } });
      } catch {
        // The price of a run where nothing is chosen stays; the server names the right one before anything is charged.
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, slugowner, slugproject]);
  if (quoted && quoted.asked === asked) return quoted.cost;
  return costOf(model, values);
}
