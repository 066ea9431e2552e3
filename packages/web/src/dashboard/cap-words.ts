/** Spend caps and shares in words. Pure. */
import type { CapPeriod, SpendCap } from "@modelyard/contract";
import { money } from "../ui/money-words.ts";

const PERIODS: Record<CapPeriod, string> = { total: "in all", month: "this month" };

export function capWords({ amount, used, period }: SpendCap): string {
  return `${money(used)} of ${money(amount)} ${PERIODS[period]}`;
}

/** How full a cap is, 0 to 1. */
export function capShare({ amount, used }: SpendCap): number {
  return Number(amount) > 0 ? Math.min(Number(used) / Number(amount), 1) : 1;
}

/** A publisher's share, "0" to "1", in per cent: `12.34 %` of "0.1234". */
export function shareWords(share: string): string {
  return `${percent(share)} %`;
}

/** The same as a number, for a field; the API keeps four decimals of the share, so two are exact. */
export function percent(share: string): number {
  return Number((Number(share) * 100).toFixed(2));
}
