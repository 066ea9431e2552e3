/**
 * Publishers: accounts that earn with an owner's models. A capture is divided between publisher and platform when it is made, by
 * the share of that time. Without a publisher all of it is the owner's name's (`revenue:<owner>`), which nobody is paid from.
 */
import { type AdminPublisher, apiError, formatUsd, type Log, type Money, type Publisher } from "@modelyard/contract";
import { plainName } from "../accounts/policy.ts";
import { type Actor, note, OPERATORS } from "../audit-log/service.ts";
import type { Database, Tx } from "../db/database.ts";
import type { Fields } from "../http/body.ts";
import { dollarsField, textField } from "../http/fields.ts";
import { type Models, nameOf } from "../models/service.ts";
import { divide, PLATFORM, readShare, shareText } from "./policy-revenue.ts";
import { periodField } from "./policy-statement.ts";
import type { Revenue } from "./store.ts";
import * as store from "./store-publishers.ts";
import { findPayment, insertPayment } from "./store-wallet.ts";

export interface Publishers {
  /** Whose a run's price is, each owner once. */
  divided(revenue: readonly Revenue[]): Revenue[];
  earnings(accountId: number, fields: Fields): Promise<object>;
  list(): Promise<{ publishers: AdminPublisher[] }>;
  set(call: { fields: Fields; actor: Actor }): Promise<{ publishers: AdminPublisher[] }>;
  payOut(call: { fields: Fields; actor: Actor }): Promise<{ publishers: AdminPublisher[] }>;
  stop(): void;
}

/** Servers that share a store hear of changed shares this often, in milliseconds. */
const RELOAD_MS = 60_000;

function present({ owner, share, earned, paid_out }: store.PublisherRow): Publisher {
  const [got, paid] = [BigInt(earned), BigInt(paid_out)];
  return {
    owner,
    share: shareText(share),
    earned: formatUsd(got),
    paidout: formatUsd(paid),
    balance: formatUsd(got - paid),
  };
}

export async function createPublishers(deps: { db: Database; models: Models; log: Log }): Promise<Publishers> {
  const { db, models, log } = deps;
  let shares = new Map<string, number>();
  const reload = async () => {
    shares = new Map((await store.shares(db)).map(({ owner, share }) => [owner, share]));
  };
  await reload();
  const timer = setInterval(
    () => void reload().catch((error: unknown) => log(`publishers: ${String(error)}`, { level: "error" })),
    RELOAD_MS,
  );
  timer.unref();

  const list = async (on: Database | Tx) => ({
    publishers: (await store.publishers(on)).map((row) => ({ ...present(row), uuid: row.uuid, account: row.name })),
  });

  /** The owner in the spelling that models and ledger have. */
  function ownerField(fields: Fields): string {
    const owner = textField(fields, "owner") ?? "";
    const spelled = models.all().find((model) => model.owner.toLowerCase() === owner.toLowerCase())?.owner;
    if (spelled === undefined || spelled === PLATFORM) throw apiError("fieldInvalid", "owner", "has no models here");
    return spelled;
  }

  return {
    divided(revenue) {
      const parts = new Map<string, Money>();
      const add = (owner: string, amount: Money) => parts.set(owner, (parts.get(owner) ?? 0n) + amount);
      for (const { owner, amount } of revenue) {
        const share = shares.get(owner);
        if (share === undefined) add(owner, amount);
        else {
          const { publisher, platform } = divide(amount, share);
          add(owner, publisher);
          add(PLATFORM, platform);
        }
      }
      return [...parts].map(([owner, amount]) => ({ owner, amount }));
    },

    async earnings(accountId, fields) {
      const period = periodField(fields, Date.now());
      const rows = await store.publishers(db, accountId);
      const owners = rows.map(({ owner }) => owner);
      const time = { from: period.from, to: period.to };
      const byModel = owners.length === 0 ? [] : await store.earnedByModel(db, owners, time);
      const paid = owners.length === 0 ? [] : await store.payouts(db, owners);
      return {
        from: period.first,
        to: period.last,
        publishers: rows.map(present),
        models: byModel
          .toSorted((a, b) => (BigInt(b.amount) > BigInt(a.amount) ? 1 : -1))
          .map(({ model_id, runs, amount }) => ({
            model: nameOf(models.byId(model_id)),
            runs: String(runs),
            amount: formatUsd(BigInt(amount)),
          })),
        payouts: paid.map(({ created_at, debit, amount, note: why }) => ({
          time: String(Math.floor(created_at / 1000)),
          owner: debit.slice("revenue:".length),
          amount: formatUsd(BigInt(amount)),
          note: why,
        })),
      };
    },

    list: () => list(db),

    async set({ fields, actor }) {
      const owner = ownerField(fields);
      const share = readShare(fields.share);
      if (share === undefined)
        throw apiError("fieldInvalid", "share", "must be from 0 to 1, with at most four decimals");
      const uuid = textField(fields, "uuid") ?? "";
      return db.write(async (tx) => {
        const [account] = await tx.all<{ id: number }>("select id from account where uuid = ? and deleted_at is null", [
          uuid,
        ]);
        if (!account) throw apiError("accountNotExist");
        await store.setPublisher(tx, { owner, accountId: account.id, share });
        const entry = {
          actor,
          action: "admin.publisher",
          target: `account:${uuid}`,
          outcome: `${owner} ${shareText(share)}`,
        };
        for (const accountId of [OPERATORS, account.id]) await note(tx, { accountId, ...entry });
        tx.afterCommit(() => shares.set(owner, share));
        return list(tx);
      });
    },

    async payOut({ fields, actor }) {
      const owner = ownerField(fields);
      const amount = dollarsField(fields, "amount");
      if (amount === undefined || amount === 0n) throw apiError("parameterRequired", "amount");
      const why = plainName(fields.note);
      if (why === undefined) throw apiError("fieldInvalid", "note", "must be one line of 1 to 100 characters");
      const reference = textField(fields, "reference") ?? "";
      if (!/^[\x21-\x7e]{1,100}$/.test(reference))
        throw apiError("fieldInvalid", "reference", "must be 1 to 100 characters without blanks");
      return db.write(async (tx) => {
        const row = await store.lockPublisher(tx, owner);
        if (!row) throw apiError("publisherNotExist");
        const { account_id: accountId } = row;
        const isFirst = await insertPayment(tx, { provider: "payout", reference, accountId, amount, state: "paid" });
        if (!isFirst) {
          const known = await findPayment(tx, "payout", reference);
          if (known?.account_id === accountId && known.amount === amount) return list(tx);
          throw apiError("fieldInvalid", "reference", "was used for something else");
        }
        if (amount > BigInt(row.earned) - BigInt(row.paid_out)) throw apiError("creditTooLow");
        await store.insertPayout(tx, { owner, amount, note: why });
        const entry = { actor, action: "admin.payout", target: owner, outcome: `${formatUsd(amount, 2)} ${reference}` };
        for (const log of [OPERATORS, accountId]) await note(tx, { accountId: log, ...entry });
        return list(tx);
      });
    },

    stop: () => clearInterval(timer),
  };
}
