/** How many runs a budget is good for. Pure; amounts in nano-dollars, as everywhere. */
import { type Money, parseUsd, USD } from "@modelyard/contract";
import type { PricedModel } from "./load.ts";

export interface Runs {
  count: bigint;
  /** `exact`: each costs the same. `about`: as runs did on average. `least`: even if each costs the most it can. */
  sureness: "exact" | "about" | "least";
}

/** What a run is reckoned with; undefined where it costs nothing. */
export function perRun(quote: PricedModel["quote"]): { cost: Money; sureness: Runs["sureness"] } | undefined {
  const hold = parseUsd(quote.hold);
  if (hold === 0n) return undefined;
  if (quote.exact) return { cost: hold, sureness: "exact" };
  if (quote.average !== null && parseUsd(quote.average) > 0n)
    return { cost: parseUsd(quote.average), sureness: "about" };
  return { cost: hold, sureness: "least" };
}

/** `budget`: whole dollars. Undefined: as many as one likes. */
export function runsFor(budget: number, quote: PricedModel["quote"]): Runs | undefined {
  const one = perRun(quote);
  if (!one) return undefined;
  return { count: (BigInt(Math.trunc(budget)) * USD) / one.cost, sureness: one.sureness };
}
