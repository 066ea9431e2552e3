import { randomBytes, randomUUID } from "node:crypto";
import type { Money } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";
import * as ledger from "../ledger/service.ts";
import type { NewProject, Projects } from "../projects/service.ts";
import { hashPassword } from "./password.ts";
import { makeLink } from "./service-links.ts";
import { hasAccounts, insertAccount, setName } from "./store.ts";

export interface NewAccount {
  email: string;
  name: string;
  password: string;
  role: "operator" | "member";
  /** Play money put into the wallet at once. */
  credit: Money;
}

/** An account with its wallet, in the caller's unit of work. Returns its id. `verified`: its address needs no confirmation. */
export async function createAccount(
  tx: Tx,
  account: Omit<NewAccount, "password"> & { passwordHash: string; verified?: boolean },
): Promise<number> {
  const id = await insertAccount(tx, { ...account, verified: account.verified ?? true, uuid: randomUUID() });
  await ledger.createWallet(tx, id);
  if (account.credit > 0n)
    await ledger.topUp(tx, {
      accountId: id,
      amount: account.credit,
      note: "Play money of the first start",
      kind: "credit",
    });
  return id;
}

/** An organisation's account with its wallet: nobody signs in to it, so it has no address and no password. Returns its id. */
export async function createOrganizationAccount(
  tx: Tx,
  { uuid, name }: { uuid: string; name: string },
): Promise<number> {
  const email = `organization:${uuid}`;
  const id = await insertAccount(tx, { uuid, email, name, passwordHash: "none", role: "member", verified: true });
  await ledger.createWallet(tx, id);
  return id;
}

/** The account's name from now on. */
export const renameAccount = setName;

export interface FirstRun {
  owner: { email: string; password: string };
  /** Token of the one-time link with which the operator takes the account over. */
  welcome: string;
  projects: { name: string; auth: "signature" | "apikey"; apiKey: string; apiSecret?: string }[];
}

/** On an empty store: the operator's account, a funded wallet, one project of each kind. Undefined when there are accounts already. */
export async function firstRun(
  db: Database,
  projects: Projects,
  { credit, keep = () => {} }: { credit: Money; keep?: (made: FirstRun) => void },
): Promise<FirstRun | undefined> {
  if (await hasAccounts(db)) return undefined;
  const owner = { email: "owner@modelyard.local", password: randomBytes(15).toString("base64url") };
  const passwordHash = await hashPassword(owner.password);
  return db.write(async (tx) => {
    // Two servers may start at once on one PostgreSQL; the e-mail's unique index lets only one of them through.
    if (await hasAccounts(tx)) return undefined;
    const accountId = await createAccount(tx, {
      email: owner.email,
      name: "Owner",
      role: "operator",
      credit,
      passwordHash,
    });
    const make = async (name: string, auth: "signature" | "apikey") => {
      const { apiKey, apiSecret }: NewProject = await projects.create(tx, { accountId, name, auth });
      return { name, auth, apiKey, ...(apiSecret === undefined ? {} : { apiSecret }) };
    };
    const made = [await make("First project", "signature"), await make("Key-only project", "apikey")];
    const welcome = await makeLink(tx, { kind: "welcome", accountId, email: owner.email });
    const all = { owner, welcome, projects: made };
    // A start that fails from here on, or is killed, must not take the only copy with it.
    keep(all);
    return all;
  });
}
