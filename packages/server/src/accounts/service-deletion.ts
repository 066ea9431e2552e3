/**
 * Deleting an account. At once: nobody can sign in or use its keys, and its name and address are gone. Soon after, in small steps
 * that a restart takes up again: its files, and what its tasks were given and made. What was paid and charged stays in the ledger and
 * on the tasks under the account's bare number, because books are not rewritten. A balance that is left is given up on purpose or
 * keeps the account from being deleted; so do tasks that have not ended.
 */
import { apiError, formatUsd, type Log } from "@modelyard/contract";
import { type Actor, note } from "../audit-log/service.ts";
import type { Blobs } from "../blobs/blobs.ts";
import type { Database, Tx } from "../db/database.ts";
import { purgeFiles } from "../files/service-purge.ts";
import { flagField } from "../http/fields.ts";
import * as ledger from "../ledger/service.ts";
import { forgetAutoTopUp } from "../ledger/service-auto-top-up.ts";
import { forgetMemberships, soleOwnerOf } from "../organizations/memberships.ts";
import type { Projects } from "../projects/service.ts";
import { purgeTasks } from "../tasks/service-purge.ts";
import type { Sessions, SignedIn } from "./service-sessions.ts";
import { actorOf, type SignIn, type Visitor } from "./service-sign-in.ts";
import * as store from "./store.ts";
import { forgetPerson, purged, unpurged } from "./store-deletion.ts";
import { forgetIdentities } from "./store-identities.ts";

export interface Deletion {
  delete(own: SignedIn, fields: Readonly<Record<string, unknown>>, visitor: Visitor): Promise<void>;
  /** The same for an organisation, whose owner proves to be that. */
  deleteOrganization(
    own: SignedIn,
    organizationId: number,
    fields: Readonly<Record<string, unknown>>,
    visitor: Visitor,
  ): Promise<void>;
  /** Waits for what is being removed. */
  stop(): Promise<void>;
}

export interface DeletionDeps {
  db: Database;
  blobs: Blobs;
  /** What other rooms keep of an account that nobody may see once it is deleted. */
  forget: (tx: Tx, accountId: number) => Promise<void>;
  projects: Projects;
  sessions: Sessions;
  signIn: SignIn;
  log: Log;
}

export function startDeletion({ db, blobs, forget, projects, sessions, signIn, log }: DeletionDeps): Deletion {
  let work = Promise.resolve();
  let stopping = false;

  /** Removes what deleted accounts have left, one account after the other. */
  function purge(): void {
    work = work
      .then(async () => {
        for (const id of await unpurged(db)) {
          if (stopping) return;
          await purgeFiles(db, blobs, id);
          await purgeTasks(db, blobs, id);
          await db.write((tx) => purged(tx, id));
        }
      })
      .catch((error: unknown) =>
        log(`removing a deleted account's data (it goes on at the next start): ${String(error)}`, { level: "error" }),
      );
  }
  purge();

  /** Everything that names or serves the account goes; refused while it has tasks, or money that is not given up. */
  async function remove(
    tx: Tx,
    account: store.AccountRow,
    { fields, actor }: { fields: Readonly<Record<string, unknown>>; actor: Actor },
  ): Promise<void> {
    const wallet = await ledger.lockWallet(tx, account.id);
    if (wallet.active > 0) throw apiError("tasksRunning");
    if (wallet.available > 0n) {
      if (!flagField(fields, "forfeit")) throw apiError("balanceLeft", formatUsd(wallet.available, 2));
      await ledger.forfeit(tx, { accountId: account.id, amount: wallet.available });
    }
    await note(tx, { accountId: account.id, actor, action: "account.delete" });
    await sessions.end(tx, { accountId: account.id });
    await projects.removeAll(tx, account.id);
    await forgetAutoTopUp(tx, account.id);
    await forgetMemberships(tx, account.id);
    await forgetIdentities(tx, account.id);
    await forget(tx, account.id);
    await forgetPerson(tx, account);
    await store.blank(tx, account.id, account.uuid);
  }

  return {
    async delete({ account }, fields, visitor) {
      await signIn.prove(account, fields.current, visitor.ip);
      await db.write(async (tx) => {
        const fresh = await store.byId(tx, account.id);
        if (!fresh || fresh.deleted_at !== null) throw apiError("signedOut");
        if (fresh.role === "operator" && (await store.countOperators(tx)) <= 1) throw apiError("lastOperator");
        const [owned] = await soleOwnerOf(tx, account.id);
        if (owned !== undefined) throw apiError("lastOwner", owned);
        await remove(tx, fresh, { fields, actor: actorOf(account, visitor.ip) });
      });
      purge();
    },
    async deleteOrganization({ account }, organizationId, fields, visitor) {
      await signIn.prove(account, fields.current, visitor.ip);
      await db.write(async (tx) => {
        const organization = await store.byId(tx, organizationId);
        if (!organization || organization.deleted_at !== null) throw apiError("organizationNotExist");
        await remove(tx, organization, { fields, actor: actorOf(account, visitor.ip) });
      });
      purge();
    },
    async stop() {
      stopping = true;
      await work;
    },
  };
}
