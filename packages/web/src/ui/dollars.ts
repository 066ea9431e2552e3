/** Prices and bounds with every digit; small, for every page loads it. Amounts as people have them are in money-words.ts. */

/** An amount of no less than zero with at most `most` digits after the point, the rest cut off, and at least `least`. */
export function written(amount: string, most: number, least = 2): string {
  const [whole, fraction = ""] = amount.split(".");
  return `$${whole}.${fraction.slice(0, most).replace(/0+$/, "").padEnd(least, "0")}`;
}

/** Every digit of an amount: prices, bounds, and what a run cost. A number is rounded at its ninth decimal. */
export function dollars(amount: string | number): string {
  return written(typeof amount === "number" ? amount.toFixed(9) : amount, 12);
}

/** Two digits that count, rounded: for estimates. */
export function aboutDollars(amount: number): string {
  return amount < 1 ? dollars(Number(amount.toPrecision(2))) : written(amount.toFixed(2), 2);
}
