/** What several runs cost together, asked of the server before they are started. */
import { formatUsd, parseUsd, type RunInputs, type ToolDetail, ToolQuoteResponse } from "@modelyard/contract";
import { useEffect, useState } from "react";
import { openClient } from "../catalogue/lazy-models.ts";
import { asParameters } from "../model/ask-cost.ts";
import type { Cost } from "../model/cost.ts";
import { dollars } from "../ui/dollars.ts";

/** Milliseconds without a change after which the prices are asked for. */
const PAUSE_MS = 250;

/** `runs`: checked inputs of each; undefined asks nothing. Undefined until the answer is there. */
export function useSum(
  model: Pick<ToolDetail, "slugowner" | "slugproject">,
  runs: readonly RunInputs["values"][] | undefined,
): Cost | undefined {
  const [known, setKnown] = useState<{ key: string; cost: Cost }>();
  const { slugowner, slugproject } = model;
  const key = runs && JSON.stringify(runs.map(asParameters));
  useEffect(() => {
    if (key === undefined) return undefined;
    let current = true;
    const timer = setTimeout(async () => {
      try {
        const { ask } = await openClient();
        const asked = (JSON.parse(key) as string[]).map((parameters) =>
          ask("Tool/Quote", { slugowner, slugproject, parameters }, ToolQuoteResponse),
        );
        const quotes = (await Promise.all(asked)).map(({ quote }) => quote);
        const sum = dollars(formatUsd(quotes.reduce((all, { hold }) => all + parseUsd(hold), 0n)));
        const isExact = quotes.every(({ exact }) => exact);
        const headline = isExact ? sum : `at most ${sum}`;
        const detail = `for ${quotes.length} runs; ${isExact ? "only successful runs are billed" : "what they really cost is billed"}`;
        if (current) setKnown({ key, cost: { headline, detail } });
      } catch {
        // Without a sum the button says nothing of the price; the server still checks it against the wallet.
      }
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key, slugowner, slugproject]);
  return known && known.key === key ? known.cost : undefined;
}
