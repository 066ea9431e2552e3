/** What a run of an app costs: the sum of its steps, as far as they are known before it starts, and their most where they are not. */
import {
  type AppRunner,
  type AppStep,
  conditionsOf,
  DEFAULT_EACH,
  dependentsOf,
  type FileSource,
  fileValue,
  isFileItem,
  items,
  MAX_EACH,
  type Manifest,
  type Money,
  type PriceLine,
  type Quote,
  quoteAtMost,
  type RunInputs,
  readInputs,
  referencesIn,
  templateOf,
} from "@modelyard/contract";
import { eachOf, nameOfStep } from "./policy-plan.ts";
import { allHold, fill, type Made, NOTHING, type Scope, UNKNOWN, type Value } from "./policy-values.ts";

/** A quote with a line for each step. */
export interface AppQuote extends Quote {
  lines: PriceLine[];
}

/** Most files that a step with `each` may be run for. */
export function mostEach(step: AppStep): number {
  if (step.max !== undefined) return step.max;
  const ofStep = step.each !== undefined && referencesIn(templateOf(step.each)).some(({ kind }) => kind === "files");
  return ofStep ? DEFAULT_EACH : MAX_EACH;
}

/** Files as a request would carry them, so that one function reads the inputs of all runs. */
export function asField(value: Value): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((source: FileSource) => ("file" in source ? fileValue(source.file) : source.url));
}

interface StepPrice {
  one: Money;
  count: number;
  exact: boolean;
}

function priceOf(step: AppStep, model: Manifest, scope: Scope): StepPrice {
  const files = eachOf(step, scope);
  const count = files === undefined ? 1 : files === UNKNOWN ? mostEach(step) : files.length;
  const inner: Scope = files === undefined ? scope : { ...scope, each: { file: UNKNOWN, number: 1 } };
  const fields: Record<string, unknown> = {};
  const unknown = new Set<string>();
  for (const [id, given] of Object.entries(step.inputs)) {
    const value = fill(given, inner);
    if (value === UNKNOWN) unknown.add(id);
    else if (value !== undefined) fields[id] = asField(value);
  }
  const read = readInputs(model, fields);
  const values = read.ok ? read.inputs.values : read.values;
  // ${each} is one file whichever one it is, and what a model asks about a file input is how many there are.
  for (const item of items(model)) {
    const given = step.inputs[item.id];
    if (isFileItem(item) && given === "${each}" && unknown.delete(item.id)) values[item.id] = [{ url: "" }];
  }
  // Whether those apply is not known either, so any price that depends on them is possible.
  for (const id of dependentsOf(model, unknown)) unknown.add(id);
  const quoted = quoteAtMost(model, values, unknown);
  return { one: quoted.quote.hold, count, exact: quoted.exact && files !== UNKNOWN };
}

/**
 * `modelOf`: the manifest of a step's model, undefined where there is none (nothing can be said of such a step; it counts as
 * free, and the app cannot be run).
 */
export function quoteApp(
  app: AppRunner,
  inputs: RunInputs["values"],
  modelOf: (name: string) => Manifest | undefined,
): AppQuote {
  const lines: PriceLine[] = [];
  const made = new Map<string, Made>();
  let exact = true;
  for (const step of app.steps) {
    const scope: Scope = { inputs, made };
    const runs = allHold(conditionsOf(step), scope);
    if (runs === false) {
      made.set(step.id, NOTHING);
      continue;
    }
    const model = modelOf(step.model);
    if (!model) continue;
    const { one, count, exact: known } = priceOf(step, model, scope);
    exact &&= known && runs === true;
    if (count > 0) lines.push({ unit: nameOfStep(step), quantity: count, price: one, amount: one * BigInt(count) });
    else made.set(step.id, NOTHING);
  }
  const hold = lines.reduce((sum, { amount }) => sum + amount, 0n);
  return {
    // Known in advance: a price for the run. Otherwise what is billed is read off the steps when they are over.
    method: exact ? "cpr" : "cp-readoutput",
    price: hold,
    priceExtra: undefined,
    priceInput: undefined,
    hold,
    units: exact ? 1 : undefined,
    lines,
  };
}
