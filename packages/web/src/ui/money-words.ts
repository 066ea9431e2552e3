/** Amounts in US dollars as people have and spend them. Pure. */
import { written } from "./dollars.ts";

/** Digits after the point with which none of these amounts is cut, two at least: so many for each, and they add up. */
export function exactDigits(amounts: readonly string[]): number {
  return Math.max(2, ...amounts.map((amount) => (amount.split(".")[1] ?? "").replace(/0+$/, "").length));
}

/**
 * `$12.50`; below one dollar up to three digits that count: `$0.015`, `$0.000585`. What is not shown is cut off, never rounded up.
 * `exact`: so many digits after the point.
 */
export function money(amount: string, exact?: number): string {
  const size = amount.replace("-", "");
  const zeros = /^0*\.(0*)[1-9]/.exec(size)?.[1];
  const words = written(size, exact ?? (zeros === undefined ? 2 : zeros.length + 3), exact);
  return (size === amount ? words : `−${words}`).replace(/\B(?=(\d{3})+\.)/g, ",");
}
