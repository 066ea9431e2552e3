/** Pure rules of statements: which time, which page. */
import { apiError, StatementBy } from "@modelyard/contract";
import type { Fields } from "../http/body.ts";
import { oneOf, textField, wholeField } from "../http/fields.ts";

const DAY_MS = 86_400_000;
/** Days in one statement at most: a leap year. */
const MOST_DAYS = 366;

export interface StatementQuery {
  by: StatementBy;
  /** Unix milliseconds; `to` not included. */
  from: number;
  to: number;
  limit: number;
  cursor: { first: number; second: number } | undefined;
}

function dayField(fields: Fields, name: string): number | undefined {
  const value = textField(fields, name);
  if (value === undefined || value === "") return undefined;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  // 2026-02-30 is read as a day of March.
  if (Number.isNaN(at) || dayOf(at) !== value) throw apiError("fieldInvalid", name, "must be a day as YYYY-MM-DD");
  return at;
}

/** `YYYY-MM-DD`, UTC. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The time that is asked about, the last thirty days unless it says otherwise; unix milliseconds, `to` not included. */
export function periodField(fields: Fields, now: number): { from: number; to: number; first: string; last: string } {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const last = dayField(fields, "to") ?? today;
  const from = dayField(fields, "from") ?? last - 29 * DAY_MS;
  const to = last + DAY_MS;
  if (from > last || to - from > MOST_DAYS * DAY_MS)
    throw apiError("fieldInvalid", "from", `must be before [to], by at most ${MOST_DAYS} days`);
  return { from, to, first: dayOf(from), last: dayOf(last) };
}

export function statementQuery(fields: Fields, now: number): StatementQuery {
  const { from, to } = periodField(fields, now);
  const text = textField(fields, "cursor") ?? "";
  const [, first, second = "0"] = /^(\d{1,15})(?:\.(\d{1,15}))?$/.exec(text) ?? [];
  if (text !== "" && first === undefined) throw apiError("fieldInvalid", "cursor", "must be [next] of a page");
  return {
    by: oneOf(fields, "by", StatementBy.options) ?? "day",
    from,
    to,
    limit: wholeField(fields, "limit", { min: 1, max: 500 }) ?? 100,
    cursor: first === undefined ? undefined : { first: Number(first), second: Number(second) },
  };
}
