/** `Tool/Quote`: the price of a run before it is started, by the engine that bills it. */
import {
  apiError,
  formatUsd,
  likenessOf,
  PRICE_UNITS,
  type PriceLine,
  type Quote,
  quote,
  type RunInputs,
  readInputs,
  type ToolQuote,
} from "@modelyard/contract";
import { quoteApp } from "../apps/policy-quote.ts";
import type { CatalogueModel, Models } from "./service.ts";
import type { ModelStats } from "./stats.ts";

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

/** The price of a run with these inputs, with its lines as far as they are known: those of an app are its steps. */
export function quoteRun(
  models: Pick<Models, "manifestOf">,
  { manifest }: CatalogueModel,
  values: RunInputs["values"],
): Quote & { lines: PriceLine[] } {
  if (manifest.runner.type === "app") return quoteApp(manifest.runner, values, models.manifestOf);
  const quoted = quote(manifest, values);
  const { method, price, units, hold } = quoted;
  const lines = units === undefined ? [] : [{ unit: PRICE_UNITS[method], quantity: units, price, amount: hold }];
  return { ...quoted, lines };
}

export function quoteFor(models: Models, model: CatalogueModel, stats: ModelStats, raw: unknown): ToolQuote {
  const { manifest } = model;
  if (model.problem !== undefined) throw apiError("appUnavailable", model.problem);
  const read = readInputs(manifest, parametersOf(raw));
  const wrong = read.ok ? undefined : read.errors.find(({ error }) => !STILL_MISSING.has(error));
  if (wrong) throw wrong;
  const values = read.ok ? read.inputs.values : read.values;
  const { method, price, units, hold, lines } = quoteRun(models, model, values);
  const { successes, cost } = stats.of(model.id);
  const times = stats.timesOf(model.id, likenessOf(manifest, values));
  return {
    currency: "USD",
    method,
    unit: PRICE_UNITS[method],
    price: formatUsd(price),
    hold: formatUsd(hold),
    exact: units !== undefined,
    lines: lines.map(presentLine),
    average: successes > 0 ? formatUsd(cost / BigInt(successes)) : null,
    estimatedseconds: times ? times.p50 / 10_000 : null,
    estimatedmost: times ? times.p95 / 10_000 : null,
  };
}
