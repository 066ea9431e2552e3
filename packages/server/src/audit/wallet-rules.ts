/** Wallets are the fold of their transfers, never negative, and count their open tasks (L1). */
import type { Database } from "../db/database.ts";
import type { Fault } from "./fault.ts";

interface WalletRow {
  account_id: number;
  available: string;
  held: string;
  active: number;
  open: number;
}

export async function checkWallets(db: Database): Promise<Fault[]> {
  const faults: Fault[] = [];
  const folded = await db.all<{ account: string; balance: string }>(
    `select account, cast(sum(amount) as text) as balance from (
       select credit as account, amount from ledger_transfer
       union all select debit as account, -amount from ledger_transfer) as entries group by account`,
    [],
  );
  const balances = new Map(folded.map((row) => [row.account, BigInt(row.balance)]));
  const total = [...balances.values()].reduce((sum, value) => sum + value, 0n);
  if (total !== 0n) faults.push({ subject: "ledger", message: `the sum over all accounts is ${total}, not 0` });
  const wallets = await db.all<WalletRow>(
    `select account_id, cast(available as text) as available, cast(held as text) as held, active,
       (select count(*) from task t where t.account_id = w.account_id and t.parent_id = 0 and t.status not in ('task_postprocess_end', 'task_cancel')) as open
     from wallet w`,
    [],
  );
  const known = new Set<string>();
  for (const wallet of wallets) {
    const subject = `account ${wallet.account_id}`;
    const check = (name: string, cached: bigint, derived: bigint) => {
      if (cached !== derived) faults.push({ subject, message: `${name} is ${cached}, its entries say ${derived}` });
      if (cached < 0n) faults.push({ subject, message: `${name} is negative: ${cached}` });
    };
    const names = [`wallet:${wallet.account_id}`, `hold:${wallet.account_id}`] as const;
    for (const name of names) known.add(name);
    check("available", BigInt(wallet.available), balances.get(names[0]) ?? 0n);
    check("held", BigInt(wallet.held), balances.get(names[1]) ?? 0n);
    check("active", BigInt(wallet.active), BigInt(wallet.open));
  }
  for (const account of balances.keys()) {
    if (/^(wallet|hold):/.test(account) && !known.has(account))
      faults.push({ subject: "ledger", message: `${account} belongs to no wallet` });
  }
  return faults;
}
