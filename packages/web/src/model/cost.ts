/** What a run with these inputs costs, before it is started. Pure; the numbers are the price engine's own. */
import { formatUsd, PRICE_UNITS, quote, type RunInputs, type ToolDetail } from "@modelyard/contract";
import { dollars, duration } from "../catalogue/describe.ts";

export interface Cost {
  /** What it probably costs, or exactly, or the rate where no run time is known. */
  headline: string;
  /** What the headline leaves out. */
  detail: string;
}

/** Dollars with two digits that count, for estimates. */
function about(amount: number): string {
  return `$${amount >= 1 ? amount.toFixed(2) : Number(amount.toPrecision(2)).toFixed(Math.max(2, 1 - Math.floor(Math.log10(amount || 1))))}`;
}

type Priced = Pick<ToolDetail, "slugowner" | "slugproject" | "modelyard">;

/** `values`: checked inputs; undefined takes the price that holds where nothing is chosen. */
export function costOf(model: Priced, values: RunInputs["values"] | undefined): Cost {
  const { p50, app, problem, price } = model.modelyard;
  if (price.length === 0) return { headline: "Not available", detail: problem ?? "" };
  const quoted = quote({ owner: model.slugowner, slug: model.slugproject, ...model.modelyard }, values ?? {});
  const rate = dollars(formatUsd(quoted.price));
  const unit = PRICE_UNITS[quoted.method];
  if (quoted.units !== undefined) {
    const rest = quoted.method === "cpr" ? "" : `, ${rate} a ${unit}`;
    return { headline: dollars(formatUsd(quoted.hold)), detail: `a run${rest}; only successful runs are billed` };
  }
  if (app)
    return {
      headline: `up to ${dollars(formatUsd(quoted.hold, 4))}`,
      detail: "a run; what its steps really cost is billed",
    };
  const most = `at most ${dollars(formatUsd(quoted.hold, 4))}, which is set aside while it runs`;
  if (quoted.method !== "cps") return { headline: `${rate} a ${unit}`, detail: most };
  if (p50 === null) return { headline: `${rate} a second`, detail: `of run time; ${most}` };
  const typical = (Number(quoted.price) / 1e9) * p50;
  return { headline: `about ${about(typical)}`, detail: `${rate} a second, typically ${duration(p50)}; ${most}` };
}
