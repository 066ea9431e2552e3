/** What a signed-in person changes about the account itself. */
import { apiError } from "@modelyard/contract";
import { note } from "../audit-log/service.ts";
import type { Database } from "../db/database.ts";
import type { Mail } from "../mail/service.ts";
import type { PasswordGate } from "./password-gate.ts";
import { sendLink } from "./service-links.ts";
import type { Sessions, SignedIn } from "./service-sessions.ts";
import { actorOf, chosenEmail, chosenName, chosenPassword, type SignIn, type Visitor } from "./service-sign-in.ts";
import * as store from "./store.ts";

export interface OwnAccountDeps {
  db: Database;
  mail: Mail;
  sessions: Sessions;
  gate: PasswordGate;
  signIn: SignIn;
}

type Fields = Readonly<Record<string, unknown>>;

export interface OwnAccount {
  rename(own: SignedIn, fields: Fields, visitor: Visitor): Promise<store.AccountRow>;
  /** Ends all other sessions. */
  changePassword(own: SignedIn, fields: Fields, visitor: Visitor): Promise<void>;
  /** The new address counts once the link sent to it was followed. */
  changeEmail(own: SignedIn, fields: Fields, visitor: Visitor): Promise<void>;
  /** Ends a session whose browser signs in anew. */
  replaceSession(own: SignedIn): Promise<void>;
  endSession(own: SignedIn, which: "this" | "all" | { id: number }, visitor: Visitor): Promise<void>;
}

export function createOwnAccount({ db, mail, sessions, gate, signIn }: OwnAccountDeps): OwnAccount {
  return {
    async rename({ account }, fields, visitor) {
      const name = chosenName(fields.name);
      return db.write(async (tx) => {
        await store.setName(tx, account.id, name);
        await note(tx, { accountId: account.id, actor: actorOf(account, visitor.ip), action: "account.rename" });
        return { ...account, name };
      });
    },

    async changePassword({ account, sessionId }, fields, visitor) {
      await signIn.prove(account, fields.current, visitor.ip);
      const passwordHash = await gate.hash(await chosenPassword(fields.password));
      await db.write(async (tx) => {
        await store.setPassword(tx, account.id, passwordHash);
        await sessions.end(tx, { accountId: account.id, except: sessionId });
        await note(tx, { accountId: account.id, actor: actorOf(account, visitor.ip), action: "account.password" });
      });
    },

    async changeEmail({ account }, fields, visitor) {
      const email = chosenEmail(fields.email);
      await signIn.prove(account, fields.current, visitor.ip);
      await db.write(async (tx) => {
        await note(tx, {
          accountId: account.id,
          actor: actorOf(account, visitor.ip),
          action: "account.email-asked",
          target: email,
        });
        // Whether somebody has that address is told to nobody but its owner, who would follow the link.
        await sendLink(tx, mail, { kind: "email", accountId: account.id, email, base: visitor.base });
        await mail.post(tx, {
          accountId: account.id,
          to: account.email,
          subject: "Your e-mail address is being changed",
          text: `Somebody who knows your password asked to use another address (${email}) for your Modelyard account. If it was not you, choose a new password at ${visitor.base}.`,
        });
      });
    },

    async replaceSession({ account, sessionId }) {
      await db.write((tx) => sessions.end(tx, { accountId: account.id, only: sessionId }));
    },

    async endSession({ account, sessionId }, which, visitor) {
      const only = which === "this" ? sessionId : which === "all" ? undefined : which.id;
      await db.write(async (tx) => {
        const ended = await sessions.end(tx, { accountId: account.id, only });
        if (ended === 0 && typeof which === "object") throw apiError("sessionNotExist");
        await note(tx, {
          accountId: account.id,
          actor: actorOf(account, visitor.ip),
          action: "sign-out",
          target: which === "all" ? "everywhere" : `session ${only}`,
        });
      });
    },
  };
}
