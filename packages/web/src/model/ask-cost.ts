/** The price of an app for certain inputs, asked of the server: it depends on the models that it is made of. Loaded with the first app. */
import type { RunInputs, ToolQuote } from "@modelyard/contract";
import { dollars } from "../ui/dollars.ts";
import type { Cost } from "./cost.ts";

/** Values as a request may carry them; a file that is not sent yet counts as one. */
export function asParameters(values: RunInputs["values"]): string {
  const shown = (value: RunInputs["values"][string]) =>
    Array.isArray(value) ? value.map((_, index) => `https://file.invalid/${index}`) : value;
  return JSON.stringify(Object.fromEntries(Object.entries(values).map(([id, value]) => [id, shown(value)])));
}

/** Throws where there is no answer, or a refusal. */
export async function askCost(
  model: { slugowner: string; slugproject: string },
  parameters: string,
  signal: AbortSignal,
): Promise<Cost> {
  const { slugowner, slugproject } = model;
  const body = JSON.stringify({ slugowner, slugproject, parameters });
  const response = await fetch("/v1/Tool/Quote", { method: "POST", body, signal });
  const { hold, exact, lines } = ((await response.json()) as { quote: ToolQuote }).quote;
  const sum = lines.map(
    ({ unit, quantity, amount }) => `${quantity > 1 ? `${quantity} × ` : ""}${unit} ${dollars(amount)}`,
  );
  const most = exact ? "a run" : "at most; what its steps really cost is billed";
  return { headline: dollars(hold), detail: `${most}: ${sum.join(", ")}` };
}
