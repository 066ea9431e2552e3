/**
 * A quote as a task keeps it, so that its final price is made of the terms it was accepted on, whatever the model's price is by
 * then. Method, price and hold are columns; the rest is JSON, empty for the methods that need nothing more.
 */
import { type Bill, formatUsd, type Money, type PriceMethod, parseUsd, type Quote } from "@modelyard/contract";
import { presentLine } from "../models/quote.ts";

export interface StoredTerms {
  price_method: PriceMethod;
  price: Money;
  hold: Money;
  price_terms: string;
}

interface Terms {
  extra?: string;
  input?: string;
  units?: number;
  /** The most that it can cost, where the hold does not say so: a step of an app holds nothing. */
  most?: string;
}

export function storeTerms(quoted: Quote, options: { isStep: boolean }): string {
  const { method, priceExtra, priceInput, units } = quoted;
  const terms: Terms = {
    ...(priceExtra === undefined ? {} : { extra: formatUsd(priceExtra) }),
    ...(priceInput === undefined ? {} : { input: formatUsd(priceInput) }),
    ...(units === undefined || method === "cpr" ? {} : { units }),
    ...(options.isStep ? { most: formatUsd(quoted.hold) } : {}),
  };
  return Object.keys(terms).length === 0 ? "" : JSON.stringify(terms);
}

export function readTerms(stored: StoredTerms): Quote {
  const { price_method: method, price, hold, price_terms } = stored;
  const { extra, input, units, most } = price_terms === "" ? ({} as Terms) : (JSON.parse(price_terms) as Terms);
  return {
    method,
    price,
    hold: most === undefined ? hold : parseUsd(most),
    priceExtra: extra === undefined ? undefined : parseUsd(extra),
    priceInput: input === undefined ? undefined : parseUsd(input),
    units: method === "cpr" ? 1 : units,
  };
}

/** What a bill is made of, as it stays on the task; null for a run that is not billed. */
export type StoredBill = {
  lines: ReturnType<typeof presentLine>[];
  note: string | null;
  /** What a step adds to the price of its app, in dollars. */
  share?: string;
};

export function storeBill({ lines, note, cost }: Bill, options: { isStep: boolean }): string {
  const share = options.isStep ? { share: formatUsd(cost) } : {};
  return JSON.stringify({ lines: lines.map(presentLine), note: note ?? null, ...share } satisfies StoredBill);
}

/** What a step that succeeded adds to the price of its app. */
export function shareOf(bill: string | null): Money {
  return parseUsd(readBill(bill).share ?? "0");
}

export function readBill(text: string | null): StoredBill {
  return text === null ? { lines: [], note: null } : (JSON.parse(text) as StoredBill);
}
