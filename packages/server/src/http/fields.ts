/** Reading single fields of a body, each of which may come as JSON or as text. Refusals name the field. */
import { apiError, type Money, parseUsd, USD } from "@modelyard/contract";
import type { Fields } from "./body.ts";

function own(fields: Fields, name: string): unknown {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return value === null ? undefined : value;
}

export function isSent(fields: Fields, name: string): boolean {
  return own(fields, name) !== undefined;
}

/** Text or number as text; undefined where it was not sent. */
export function textField(fields: Fields, name: string): string | undefined {
  const value = own(fields, name);
  if (value === undefined) return undefined;
  if (typeof value !== "string" && typeof value !== "number") throw apiError("fieldInvalid", name, "must be text");
  return String(value).trim();
}

/** Yes or no in any of the forms that JSON and HTML forms have for it; left out, it is no. */
export function flagField(fields: Fields, name: string): boolean {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return value === true || value === 1 || value === "true" || value === "1" || value === "on";
}

/** An id as sent; -1 for what cannot be one, so that it is not found like any foreign one. */
export function idField(fields: Fields, name: string): number | undefined {
  const value = textField(fields, name);
  if (value === undefined || value === "") return undefined;
  return /^\d{1,15}$/.test(value) ? Number(value) : -1;
}

export function requiredId(fields: Fields, name: string): number {
  const id = idField(fields, name);
  if (id === undefined) throw apiError("parameterRequired", name);
  return id;
}

export function wholeField(fields: Fields, name: string, range: { min: number; max: number }): number | undefined {
  const value = textField(fields, name);
  if (value === undefined || value === "") return undefined;
  const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= range.min && number <= range.max)) throw apiError("parameterOutOfRange", name, range.min, range.max);
  return number;
}

export function oneOf<Value extends string>(fields: Fields, name: string, values: readonly Value[]): Value | undefined {
  const value = textField(fields, name);
  if (value === undefined || value === "") return undefined;
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw apiError("parameterNotOption", name, values);
  return found;
}

/** A list, or text with commas between; forms send a single entry as plain text. */
export function listField(fields: Fields, name: string, limit: number): string[] | undefined {
  const value = own(fields, name);
  if (value === undefined) return undefined;
  const entries = Array.isArray(value) ? value : String(value).split(",");
  if (entries.some((entry) => typeof entry !== "string" && typeof entry !== "number"))
    throw apiError("fieldInvalid", name, "must be a list of texts");
  const list = entries.map((entry) => String(entry).trim()).filter((entry) => entry !== "");
  if (list.length > limit) throw apiError("fieldInvalid", name, `must have at most ${limit} entries`);
  return [...new Set(list)];
}

/** Most dollars that any amount in a request can be. */
const MOST: Money = 10_000_000n * USD;

/** Dollars; `signed`: may be negative. Zero is refused: nothing here is about no money. */
export function dollarsField(fields: Fields, name: string, options: { signed?: boolean } = {}): Money | undefined {
  const value = textField(fields, name);
  if (value === undefined || value === "") return undefined;
  let amount: Money;
  try {
    amount = parseUsd(value);
  } catch (cause) {
    throw Object.assign(apiError("fieldInvalid", name, "must be an amount in dollars, like 12.50"), { cause });
  }
  const size = amount < 0n ? -amount : amount;
  if (size === 0n || size > MOST || (amount < 0n && !options.signed))
    throw apiError("fieldInvalid", name, "must be more than 0 and at most 10000000 dollars");
  return amount;
}

/** Newest-first pages by id: `cursor` is the last id of the page before. */
export function pageField(fields: Fields): { before: number; limit: number } {
  const before = wholeField(fields, "cursor", { min: 1, max: Number.MAX_SAFE_INTEGER }) ?? Number.MAX_SAFE_INTEGER;
  return { before, limit: wholeField(fields, "limit", { min: 1, max: 500 }) ?? 50 };
}

/** `next` of such a page: "" when it was not full. */
export function nextCursor(rows: readonly { id: number }[], limit: number): string {
  return rows.length < limit ? "" : String(rows.at(-1)?.id ?? "");
}
