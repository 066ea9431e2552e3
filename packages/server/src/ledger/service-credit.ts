/** What operators put into wallets and take out of them. */
import type { Money } from "@modelyard/contract";
import type { Tx } from "../db/database.ts";
import { findPayment, insertCoupon, insertPayment, listCoupons } from "./store-wallet.ts";

export { takeOut, topUp } from "./store.ts";

export const couponStore = { insert: insertCoupon, list: listCoupons };

/** Whether this reference is new, came before for the very same (`again`), or stands for something else (`other`). */
export async function creditOnce(
  tx: Tx,
  credit: { accountId: number; amount: Money; reference: string },
): Promise<"first" | "again" | "other"> {
  const { accountId, amount, reference } = credit;
  if (await insertPayment(tx, { provider: "operator", reference, accountId, amount, state: "paid" })) return "first";
  const known = await findPayment(tx, "operator", reference);
  return known?.account_id === accountId && known.amount === amount ? "again" : "other";
}
