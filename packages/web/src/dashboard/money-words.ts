/** Amounts and caps in words. Pure. */
import type { CapPeriod, SpendCap } from "@modelyard/contract";

/** Digits after the point with which none of these amounts is cut, two at least: so many for each, and they add up. */
export function exactDigits(amounts: readonly string[]): number {
  return Math.max(2, ...amounts.map((amount) => (amount.split(".")[1] ?? "").replace(/0+$/, "").length));
}

/** `$12.50`; thousandths and finer only where cents would hide the amount. `exact`: so many digits after the point. */
export function money(amount: string, exact?: number): string {
  const negative = amount.startsWith("-");
  const [whole = "0", fraction = ""] = amount.replace("-", "").split(".");
  const first = fraction.search(/[1-9]/);
  const digits = exact ?? (whole === "0" && first >= 2 ? Math.min(first + 2, 12) : 2);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${negative ? "−" : ""}$${grouped}.${fraction.slice(0, digits).padEnd(exact ?? 2, "0")}`;
}

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
