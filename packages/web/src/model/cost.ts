/** What a run with these inputs costs, before it is started. Pure; the numbers are the price engine's own. */
import { formatUsd, likenessOf, perUnit, quote, type RunInputs, type ToolDetail } from "@modelyard/contract";
import { duration } from "../catalogue/describe.ts";
import { aboutDollars, dollars } from "../ui/dollars.ts";

export interface Cost {
  /** What it probably costs, or exactly, or the rate where no run time is known. */
  headline: string;
  /** What the headline leaves out. */
  detail: string;
  /** The headline is a rate: what a run costs in the end is not known. */
  isRate?: boolean;
}

type Priced = Pick<ToolDetail, "slugowner" | "slugproject" | "modelyard">;

interface Typical {
  /** In seconds. */
  p50: number;
  p95: number;
  /** What half of them cost at most, in dollars; null where that is not known. */
  cost: string | null;
}

/** How long runs with these options take, and what they cost; all runs of the model where too few of those are known. Undefined before the first. */
export function timesOf({ modelyard }: Priced, values: RunInputs["values"]): Typical | undefined {
  const { alike, p50, p95, typicalcost: cost } = modelyard;
  const likeness = alike.length > 0 ? likenessOf(modelyard, values) : "";
  const found = alike.find((times) => times.likeness === likeness);
  return found ?? (p50 === null || p95 === null ? undefined : { p50, p95, cost });
}

/** `values`: checked inputs; undefined takes the price that holds where nothing is chosen. */
export function costOf(model: Priced, values: RunInputs["values"] | undefined): Cost {
  const { app, problem, price } = model.modelyard;
  if (price.length === 0) return { headline: "Not available", detail: problem ?? "" };
  const quoted = quote({ owner: model.slugowner, slug: model.slugproject, ...model.modelyard }, values ?? {});
  const rate = dollars(formatUsd(quoted.price));
  const unit = perUnit(quoted.method);
  if (quoted.units !== undefined) {
    const rest = quoted.method === "cpr" ? "" : `, ${rate} ${unit}`;
    return { headline: dollars(formatUsd(quoted.hold)), detail: `a run${rest}; only successful runs are billed` };
  }
  if (app)
    return {
      headline: `up to ${dollars(formatUsd(quoted.hold))}`,
      detail: "a run; what its steps really cost is billed",
    };
  const most = `at most ${dollars(formatUsd(quoted.hold))}, which is set aside while it runs`;
  const times = timesOf(model, values ?? {});
  const isTimed = quoted.method === "cps";
  const per = `${rate} ${isTimed ? "a second" : unit}`;
  // What is measured of a run, but its time, is known of those before it.
  if (!times || (!isTimed && times.cost === null))
    return { headline: per, detail: isTimed ? `of run time; ${most}` : most, isRate: true };
  const typical = isTimed ? (Number(quoted.price) / 1e9) * times.p50 : Number(times.cost);
  const long = isTimed ? `, typically ${duration(times.p50)}` : "";
  return { headline: `about ${aboutDollars(typical)}`, detail: `${per}${long}; ${most}` };
}
