/**
 * The price engine: pure, so that browser, SDK and server compute the same. A quote is made before a run; it says what is held.
 * The final price is made of the same quote and of what was measured, and is never more than the hold.
 */
import { DEFAULT_MAX_LENGTH, type RunInputs } from "./inputs.ts";
import type { Item, Manifest } from "./manifest.ts";
import { type Form, items } from "./manifest-items.ts";
import { type Money, parseUsd, USD } from "./money.ts";
import { PRICE_UNITS, type PriceMethod } from "./price-methods.ts";
import type { PriceRow } from "./price-rows.ts";

/** One line of a bill: `quantity` units at `price` each. */
export interface PriceLine {
  /** What was counted, e.g. `second of run time`. */
  unit: string;
  /** At most four decimals. */
  quantity: number;
  price: Money;
  amount: Money;
}

export interface Quote {
  method: PriceMethod;
  /** Dollars per unit of the method, in nano-dollars. */
  price: Money;
  priceExtra: Money | undefined;
  priceInput: Money | undefined;
  /** The most this run can cost; held from the wallet while it runs. */
  hold: Money;
  /** Units that are known before the run (cpr, cp-promptlength); undefined where they are counted afterwards. */
  units: number | undefined;
}

/** What was measured of a run; nothing in here is a caller's word. What a method does not ask for may be left out. */
export interface Usage {
  /** The model's own run time in milliseconds. */
  elapsedMs: number;
  outputs: number;
  /** Pixels of each output picture. */
  outputPixels?: readonly number[] | undefined;
  /** Pixels of each input picture. */
  inputPixels?: readonly number[] | undefined;
  /** Milliseconds of all input audio. */
  audioMs?: number | undefined;
  /** Milliseconds of all output video. */
  videoMs?: number | undefined;
  /** What the model said; checked, never believed beyond the hold. */
  reported?: { tokens?: number | undefined; turns?: number | undefined; usd?: string | undefined } | undefined;
}

export interface Bill {
  /** At most the quote's hold. */
  cost: Money;
  lines: PriceLine[];
  /** Why it is not simply the sum of its lines; undefined where it is. */
  note: string | undefined;
}

function applies(row: PriceRow, values: RunInputs["values"]): boolean {
  return Object.entries(row.inputs).every(([id, wanted]) => {
    const value = values[id];
    const options = Array.isArray(wanted) ? wanted : [wanted];
    if (Array.isArray(value)) return options.includes(`QUANTITY:${value.length}`);
    return value !== undefined && options.includes(String(value));
  });
}

interface Rates {
  price: Money;
  priceExtra: Money | undefined;
  priceInput: Money | undefined;
  most: Money | undefined;
}

/** What a quote needs of a manifest. */
export interface Priced extends Pick<Manifest, "owner" | "slug" | "price" | "inputs"> {
  limits: Pick<Manifest["limits"], "timeout" | "outputFiles">;
}

const parsed = new WeakMap<PriceRow, Rates>();

/** A row's amounts, parsed once: a quote is made for every run. */
function ratesOf(row: PriceRow): Rates {
  let rates = parsed.get(row);
  if (!rates) {
    const optional = (text: string | undefined) => (text === undefined ? undefined : parseUsd(text));
    rates = {
      price: parseUsd(row.price),
      priceExtra: optional(row.priceExtra),
      priceInput: optional(row.priceInput),
      most: optional(row.most),
    };
    parsed.set(row, rates);
  }
  return rates;
}

/** `quantity` units, counted in ten-thousandths, rounded down to a nano-dollar: the wire prints seconds with four decimals. */
function times(price: Money, quantity: number): Money {
  return (price * BigInt(Math.round(quantity * 10_000))) / 10_000n;
}

/** The item whose characters cp-promptlength counts: `prompt`, or the form's first text. */
function promptItem(manifest: Form): Item | undefined {
  const all = items(manifest);
  return all.find(({ id }) => id === "prompt") ?? all.find(({ type }) => type === "text" || type === "textarea");
}

function promptOf(manifest: Form, values: RunInputs["values"]): string {
  const id = promptItem(manifest)?.id;
  const value = values.prompt ?? (id === undefined ? undefined : values[id]);
  return typeof value === "string" ? value : "";
}

/** Characters as people count them, not UTF-16 units. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function quoteRow(manifest: Priced, row: PriceRow, characterCount: () => number): Quote {
  const { most, ...rates } = ratesOf(row);
  const { method } = row;
  const { price } = rates;
  const quoted = (hold: Money, units?: number): Quote => ({
    method,
    ...rates,
    hold: most !== undefined && most < hold ? most : hold,
    units,
  });
  switch (method) {
    case "cpr":
      return quoted(price, 1);
    case "cps":
      // A run is stopped at its time limit, so this is the true worst case.
      return quoted(price * BigInt(manifest.limits.timeout));
    case "cpo":
      return quoted(price * BigInt(manifest.limits.outputFiles));
    case "cp-promptlength": {
      const units = characterCount();
      return quoted(price * BigInt(units), units);
    }
    case "cpt":
    case "cp-pixel":
    case "cp-audiosecondslength":
    case "cp-outputVideoLength":
    case "cp-realtimeturn":
    case "cp-readoutput":
      // The schema asks for `most` here.
      return quoted(most ?? 0n);
  }
}

function noPrice({ owner, slug }: Priced): RangeError {
  return new RangeError(`${owner}/${slug} has no price`);
}

/** The price of a run with these inputs. A model whose rows all have conditions that fail falls back to its last row. */
export function quote(manifest: Priced, values: RunInputs["values"]): Quote {
  const row = manifest.price.find((candidate) => applies(candidate, values)) ?? manifest.price.at(-1);
  if (!row) throw noPrice(manifest);
  return quoteRow(manifest, row, () => characters(promptOf(manifest, values)));
}

/**
 * The most that a run can cost of whose inputs some are not known yet (`unknown`, by item id): the dearest of the rows that may
 * apply. `exact` where the run will cost just this.
 */
export function quoteAtMost(
  manifest: Priced,
  values: RunInputs["values"],
  unknown: ReadonlySet<string>,
): { quote: Quote; exact: boolean } {
  const prompt = promptItem(manifest);
  const promptUnknown = prompt !== undefined && unknown.has(prompt.id);
  const count = () =>
    promptUnknown ? (prompt.maxLength ?? DEFAULT_MAX_LENGTH) : characters(promptOf(manifest, values));
  const possible: PriceRow[] = [];
  for (const row of manifest.price) {
    const conditions = Object.entries(row.inputs);
    const known = Object.fromEntries(conditions.filter(([id]) => !unknown.has(id)));
    if (!applies({ ...row, inputs: known }, values)) continue;
    possible.push(row);
    if (Object.keys(known).length === conditions.length) break;
  }
  const last = manifest.price.at(-1);
  if (possible.length === 0 && last) possible.push(last);
  const [first, ...others] = possible.map((row) => quoteRow(manifest, row, count));
  if (!first) throw noPrice(manifest);
  const dearest = others.reduce((best, next) => (next.hold > best.hold ? next : best), first);
  const counted = dearest.units !== undefined && !(dearest.method === "cp-promptlength" && promptUnknown);
  return { quote: dearest, exact: others.length === 0 && counted };
}

/** 1024 × 1024 pixels, begun ones counted whole; a picture has at least one. */
const TIER = 1024 * 1024;
const tiers = (pixels: number): number => Math.max(1, Math.ceil(pixels / TIER));

const seconds = (ms: number): number => Math.round(ms * 10) / 10_000;

function line(method: PriceMethod, quantity: number, price: Money, unit = PRICE_UNITS[method]): PriceLine {
  return { unit, quantity, price, amount: times(price, quantity) };
}

function pixelLines(quoted: Quote, usage: Usage): PriceLine[] | undefined {
  const { price, priceExtra = price, priceInput } = quoted;
  const { outputPixels, inputPixels } = usage;
  if (!outputPixels) return undefined;
  const extra = outputPixels.reduce((sum, pixels) => sum + tiers(pixels) - 1, 0);
  const given = (inputPixels ?? []).reduce((sum, pixels) => sum + tiers(pixels), 0);
  return [
    line("cp-pixel", outputPixels.length, price, "output picture of up to a megapixel"),
    ...(extra > 0 ? [line("cp-pixel", extra, priceExtra, "further megapixel tier of output")] : []),
    ...(priceInput !== undefined && given > 0 ? [line("cp-pixel", given, priceInput, "megapixel tier of input")] : []),
  ];
}

/** A count that a model reported: a whole number that is not negative, or nothing. */
function counted(value: number | undefined): number | undefined {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** An amount that a model reported: plain dollars with at most nine decimals that count, or nothing. */
function reportedAmount(text: string | undefined): Money | undefined {
  if (text === undefined || !/^\d{1,9}(\.\d{1,12})?$/.test(text)) return undefined;
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole) * USD + BigInt(fraction.padEnd(9, "0").slice(0, 9));
}

/** The bill's lines; undefined where what they count was not measured. */
function linesOf(quoted: Quote, usage: Usage): PriceLine[] | undefined {
  const { method, price, units } = quoted;
  const of = (quantity: number | undefined) => (quantity === undefined ? undefined : [line(method, quantity, price)]);
  switch (method) {
    case "cpr":
    case "cp-promptlength":
      return of(units);
    case "cps":
      return of(seconds(usage.elapsedMs));
    case "cpo":
      return of(Math.max(1, usage.outputs));
    case "cpt":
      return of(counted(usage.reported?.tokens));
    case "cp-realtimeturn":
      return of(counted(usage.reported?.turns));
    case "cp-pixel":
      return pixelLines(quoted, usage);
    case "cp-audiosecondslength":
      return of(usage.audioMs === undefined ? undefined : seconds(usage.audioMs));
    case "cp-outputVideoLength":
      return of(usage.videoMs === undefined ? undefined : seconds(usage.videoMs));
    case "cp-readoutput": {
      const amount = reportedAmount(usage.reported?.usd);
      return amount === undefined ? undefined : [{ unit: PRICE_UNITS[method], quantity: 1, price: amount, amount }];
    }
  }
}

/**
 * What a successful run costs. What could not be measured is not billed. An amount above the hold is cut to it, unless the model
 * named the amount itself (cp-readoutput): then it is wrong, and nothing is billed.
 */
export function finalPrice(quoted: Quote, usage: Usage): Bill {
  const lines = linesOf(quoted, usage);
  if (!lines) return { cost: 0n, lines: [], note: "What is billed could not be measured, so nothing is." };
  const sum = lines.reduce((total, { amount }) => total + amount, 0n);
  if (sum <= quoted.hold) return { cost: sum, lines, note: undefined };
  if (quoted.method === "cp-readoutput") {
    return { cost: 0n, lines, note: "The model reported more than a run can cost, so nothing is billed." };
  }
  return { cost: quoted.hold, lines, note: "Cut to the most that a run can cost." };
}
