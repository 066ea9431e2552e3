/**
 * Money is an integer count of nano-dollars (10⁻⁹ USD) in a `bigint`; no float ever holds an amount.
 * On the wire it is printed with 12 decimals (wire-contract.md 5: `"0.003510000000"`).
 */
export type Money = bigint;

/** Nano-dollars in one US dollar. */
export const USD: Money = 1_000_000_000n;

const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{1,12}))?$/;

/** Parses a plain decimal number of dollars ("0.000585"); digits beyond the ninth decimal must be zero. Throws RangeError. */
export function parseUsd(text: string): Money {
  const match = DECIMAL.exec(text);
  if (!match) throw new RangeError(`not an amount in dollars: ${JSON.stringify(text)}`);
  const [, sign = "", whole = "0", fraction = ""] = match;
  const padded = fraction.padEnd(12, "0");
  if (padded.slice(9) !== "000") throw new RangeError(`finer than 10⁻⁹ dollars: ${text}`);
  const nanos = BigInt(whole) * USD + BigInt(padded.slice(0, 9));
  return sign ? -nanos : nanos;
}

/** Prints an amount in dollars with `decimals` (0 to 12) places; digits that do not fit are cut off, never rounded up. */
export function formatUsd(amount: Money, decimals = 12): string {
  const negative = amount < 0n;
  const digits = (negative ? -amount : amount).toString().padStart(10, "0");
  const whole = digits.slice(0, -9);
  const fraction = digits.slice(-9).padEnd(12, "0").slice(0, decimals);
  return `${negative ? "-" : ""}${whole}${decimals > 0 ? `.${fraction}` : ""}`;
}
