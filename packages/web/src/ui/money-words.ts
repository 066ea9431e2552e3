/** Amounts in US dollars for people. Pure. Digits that are not shown are cut off, never rounded up. */

/** Digits after the point with which none of these amounts is cut, two at least: so many for each, and they add up. */
export function exactDigits(amounts: readonly string[]): number {
  return Math.max(2, ...amounts.map((amount) => (amount.split(".")[1] ?? "").replace(/0+$/, "").length));
}

/** `$12.50`; below one dollar up to three digits that count: `$0.015`, `$0.000585`. `exact`: so many digits after the point. */
export function money(amount: string, exact?: number): string {
  const negative = amount.startsWith("-");
  const [whole = "0", fraction = ""] = amount.replace("-", "").split(".");
  const first = fraction.search(/[1-9]/);
  const shown = exact ?? (/[1-9]/.test(whole) || first < 0 ? 2 : first + 3);
  const digits = fraction.slice(0, shown).replace(/0+$/, "");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${negative ? "−" : ""}$${grouped}.${digits.padEnd(exact ?? 2, "0")}`;
}

/** Every digit of an amount: prices, bounds, and what a run cost. Only a number is rounded, below the ninth decimal. */
export function dollars(amount: string | number): string {
  const text = typeof amount === "number" ? amount.toFixed(9) : amount;
  return money(text, exactDigits([text]));
}

/** Dollars with two digits that count, rounded: for estimates. */
export function aboutDollars(amount: number): string {
  if (amount >= 1) return money(amount.toFixed(2));
  return dollars(Number(amount.toPrecision(2)));
}
