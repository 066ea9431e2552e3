/** What a run of an app costs when it is over: the sum of what its steps cost, never more than was held for it. */
import type { Bill, Money, PriceLine } from "@modelyard/contract";

/** A step that succeeded. */
export interface StepCost {
  /** As it is named on the bill. */
  name: string;
  /** Owner of its model. */
  owner: string;
  amount: Money;
}

export interface AppBill {
  bill: Bill;
  /** By owner; together the bill's cost. */
  revenue: { owner: string; amount: Money }[];
}

export function billOf(steps: readonly StepCost[], hold: Money): AppBill {
  const lines: PriceLine[] = [];
  const byOwner = new Map<string, Money>();
  let left = hold;
  for (const { name, owner, amount } of steps) {
    const same = lines.find((line) => line.unit === name && line.price === amount);
    if (same) {
      same.quantity++;
      same.amount += amount;
    } else lines.push({ unit: name, quantity: 1, price: amount, amount });
    const paid = amount > left ? left : amount;
    left -= paid;
    byOwner.set(owner, (byOwner.get(owner) ?? 0n) + paid);
  }
  const sum = steps.reduce((total, { amount }) => total + amount, 0n);
  const cut = sum > hold;
  const note = cut ? "Cut to the most that this run could cost; a model's price rose while it ran." : undefined;
  const revenue = [...byOwner].map(([owner, amount]) => ({ owner, amount }));
  return { bill: { cost: cut ? hold : sum, lines, note }, revenue };
}
