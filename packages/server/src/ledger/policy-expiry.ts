/**
 * How much of credit that expires is left. Spending takes from the credit that expires soonest, of what there is at that moment, and from
 * other money only when none is left. Nothing of this is kept: it follows from the grants and the charges. Pure.
 */
import type { Money } from "@modelyard/contract";

export interface Grant {
  id: number;
  amount: Money;
  /** Unix milliseconds. */
  createdAt: number;
  expiresAt: number;
}

export interface Charge {
  at: number;
  amount: Money;
}

/** What is left of each grant when it expires, or now. `charges` in the order in which they were made. */
export function leftOf(grants: readonly Grant[], charges: Iterable<Charge>): Map<number, Money> {
  const left = new Map(grants.map(({ id, amount }) => [id, amount]));
  const order = grants.toSorted((a, b) => a.expiresAt - b.expiresAt || a.id - b.id);
  for (const { at, amount } of charges) {
    let open = amount;
    for (const { id, createdAt, expiresAt } of order) {
      if (open === 0n) break;
      if (at < createdAt || at >= expiresAt) continue;
      const rest = left.get(id) ?? 0n;
      const taken = rest < open ? rest : open;
      left.set(id, rest - taken);
      open -= taken;
    }
  }
  return left;
}
