/** `Tool/Quote`: the price of a run before it is started, by the engine that bills it. */
import {
  apiError,
  formatUsd,
  PRICE_UNITS,
  type PriceLine,
  quote,
  readInputs,
  type ToolQuote,
} from "@modelyard/contract";
import type { CatalogueModel } from "./service.ts";
import type { ModelStat } from "./stats.ts";

/** Refusals that a form which is still being filled in may have. */
const STILL_MISSING = new Set(["parameterRequired", "filesRequired"]);

export function presentLine({ unit, quantity, price, amount }: PriceLine) {
  return { unit, quantity, price: formatUsd(price), amount: formatUsd(amount) };
}

/** The parameters of the request: an object, or its JSON. */
function parametersOf(raw: unknown): Record<string, unknown> {
  const value: unknown = typeof raw === "string" && raw.trim() !== "" ? parse(raw) : (raw ?? {});
  if (typeof value === "string" && value.trim() === "") return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw apiError("badBody");
  return value as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Object.assign(apiError("badBody"), { cause });
  }
}

export function quoteFor(model: CatalogueModel, stat: ModelStat, raw: unknown): ToolQuote {
  const { manifest } = model;
  const read = readInputs(manifest, parametersOf(raw));
  const wrong = read.ok ? undefined : read.errors.find(({ error }) => !STILL_MISSING.has(error));
  if (wrong) throw wrong;
  const quoted = quote(manifest, read.ok ? read.inputs.values : read.values);
  const { method, price, units, hold } = quoted;
  const known = units !== undefined;
  const line = known && presentLine({ unit: PRICE_UNITS[method], quantity: units, price, amount: hold });
  const ran = stat.successes > 0;
  return {
    currency: "USD",
    method,
    unit: PRICE_UNITS[method],
    price: formatUsd(price),
    hold: formatUsd(hold),
    exact: known,
    lines: line ? [line] : [],
    average: ran ? formatUsd(stat.cost / BigInt(stat.successes)) : null,
    estimatedseconds: ran ? Math.round(stat.elapsed / stat.successes) / 10_000 : null,
  };
}
