/** The price engine: pure, so that browser, SDK and server compute the same quote. */
import type { RunInputs } from "./inputs.ts";
import type { Manifest, PriceRow } from "./manifest.ts";
import { type Money, parseUsd, perSecond } from "./money.ts";

export interface Quote {
  method: PriceRow["method"];
  /** Dollars per unit of the method, in nano-dollars. */
  price: Money;
  /** The most this run can cost; held from the wallet while it runs. */
  hold: Money;
}

function applies(row: PriceRow, values: RunInputs["values"]): boolean {
  return Object.entries(row.inputs).every(([id, wanted]) => {
    const value = values[id];
    if (value === undefined || Array.isArray(value)) return false;
    return (Array.isArray(wanted) ? wanted : [wanted]).includes(String(value));
  });
}

const rates = new WeakMap<PriceRow, Money>();

/** A row's rate, parsed once: a quote is made for every run. */
function rateOf(row: PriceRow): Money {
  let rate = rates.get(row);
  if (rate === undefined) rates.set(row, (rate = parseUsd(row.price)));
  return rate;
}

/** The price of a run with these inputs. A model whose rows all have conditions that fail falls back to its last row. */
export function quote(manifest: Manifest, values: RunInputs["values"]): Quote {
  const row = manifest.price.find((candidate) => applies(candidate, values)) ?? manifest.price.at(-1);
  if (!row) throw new RangeError(`${manifest.owner}/${manifest.slug} has no price`);
  const price = rateOf(row);
  switch (row.method) {
    case "cpr":
      return { method: row.method, price, hold: price };
    case "cps":
      // A run is stopped at its time limit, so this is the true worst case.
      return { method: row.method, price, hold: perSecond(price, manifest.limits.timeout * 1000) };
  }
}

/** What a successful run costs: never more than was held. `elapsedMs`: the model's own run time. */
export function finalPrice(quoted: Quote, elapsedMs: number): Money {
  const amount = quoted.method === "cpr" ? quoted.price : perSecond(quoted.price, elapsedMs);
  return amount > quoted.hold ? quoted.hold : amount;
}
