/** What the usage page shows, as it stands in its address. Pure. */
import type { StatementBy } from "@modelyard/contract";

export const STATEMENTS = [
  "day",
  "model",
  "project",
  "key",
  "member",
  "task",
] as const satisfies readonly StatementBy[];

export interface UsageSearch {
  by?: StatementBy;
  /** Days as YYYY-MM-DD, UTC, both included. */
  from?: string;
  to?: string;
}

const date = (value: unknown): string | undefined =>
  typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;

export function readUsageSearch(raw: Record<string, unknown>): UsageSearch {
  return { by: STATEMENTS.find((name) => name === raw.by), from: date(raw.from), to: date(raw.to) };
}

/** Every day from `from` to `to`, both included, as YYYY-MM-DD; at most 400. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to) && days.length < 400; at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}
