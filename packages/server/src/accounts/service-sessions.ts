/** Sessions of browsers, and the bearer tokens with which they use the API under /v1. */
import { apiError, type Log } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";
import { BEARER_MS, SESSION_IDLE_MS, SESSION_MS, sessionHolds } from "./policy.ts";
import { newSecret, secretHash } from "./secret-token.ts";
import type { AccountRow } from "./store.ts";
import * as store from "./store-sessions.ts";

export type { SessionRow } from "./store-sessions.ts";

export interface SignedIn {
  account: AccountRow;
  sessionId: number;
}

/** The account behind a bearer token, or the reason why there is none. */
export type BearerAccount =
  | { kind: "account"; account: AccountRow; acting?: store.Acting | undefined }
  | { kind: "expired" }
  | { kind: "unknown" };

export interface Sessions {
  /** Begins a session; the returned token goes into the cookie. */
  begin(tx: Tx, session: { accountId: number; ip: string; userAgent: string }): Promise<string>;
  /** Who sent this cookie. */
  find(token: string | undefined): Promise<SignedIn | undefined>;
  list(accountId: number): Promise<store.SessionRow[]>;
  /** Ends sessions of an account: one, all, or all but one. Returns how many. */
  end(tx: Tx, which: { accountId: number; only?: number; except?: number }): Promise<number>;
  /** A new bearer token, to act for an organisation if one is named; `expires` in unix milliseconds. */
  bearer(sessionId: number, organizationId?: number): Promise<{ token: string; expires: number }>;
  byBearer(token: string): Promise<BearerAccount>;
  stop(): Promise<void>;
}

/** How exactly it is known when a session was last used, in milliseconds: a write a minute, not one a request. */
const TOUCH_MS = 60_000;
const FORGET_EVERY_MS = 60 * 60_000;
const USER_AGENT_LENGTH = 300;

export function createSessions(db: Database, log: Log): Sessions {
  async function touch(row: store.SignedInRow, now: number): Promise<void> {
    if (now - row.seen_at >= TOUCH_MS) await db.write((tx) => store.touch(tx, row.session_id));
  }
  const holds = (row: store.SignedInRow, now: number) =>
    sessionHolds({ created_at: row.session_created_at, seen_at: row.seen_at }, now) && row.deleted_at === null;

  const forget = () =>
    db
      .write(async (tx) => {
        const hour = 60 * 60_000;
        await store.forget(tx, {
          seen: tx.now - SESSION_IDLE_MS,
          created: tx.now - SESSION_MS,
          bearer: tx.now - hour,
        });
        await store.forgetLinks(tx, tx.now - 24 * hour);
      })
      .catch((error: unknown) => log(`sessions: ${String(error)}`, { level: "error" }));
  let last = Promise.resolve();
  const timer = setInterval(() => (last = forget()), FORGET_EVERY_MS);

  return {
    async begin(tx, { accountId, ip, userAgent }) {
      const token = newSecret();
      await store.insertSession(tx, {
        accountId,
        tokenHash: secretHash(token),
        ip,
        userAgent: userAgent.slice(0, USER_AGENT_LENGTH),
      });
      return token;
    },
    async find(token) {
      if (token === undefined) return undefined;
      const row = await store.bySessionHash(db, secretHash(token));
      const now = await db.now();
      if (!row || !holds(row, now) || row.suspended) return undefined;
      await touch(row, now);
      return { account: row, sessionId: row.session_id };
    },
    list: (accountId) => store.listSessions(db, accountId),
    end: (tx, which) => store.endSessions(tx, which),
    async bearer(sessionId, organizationId) {
      const token = `account_${newSecret()}`;
      return db.write(async (tx) => {
        const expiresAt = tx.now + BEARER_MS;
        if (!(await store.insertBearer(tx, { tokenHash: secretHash(token), sessionId, organizationId, expiresAt })))
          throw apiError("signedOut");
        return { token, expires: expiresAt };
      });
    },
    async byBearer(token) {
      const row = await store.byBearerHash(db, secretHash(token));
      if (!row) return { kind: "unknown" };
      const now = await db.now();
      if (row.expires_at <= now || !holds(row, now)) return { kind: "expired" };
      await touch(row, now);
      if (row.organization_id === null) return { kind: "account", account: row };
      // Membership is looked at with every request: who was removed is out at once.
      const acting = await store.actingFor(db, row.organization_id, row.id);
      return acting ? { kind: "account", account: row, acting } : { kind: "unknown" };
    },
    async stop() {
      clearInterval(timer);
      await last;
    },
  };
}
