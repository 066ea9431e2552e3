/** Making accounts, signing in, and proving who one is (reliability.md 5.5). */
import { ApiError, apiError, type Log, SignUpPolicy } from "@modelyard/contract";
import { type Actor, NOBODY, note, OPERATORS } from "../audit-log/service.ts";
import type { Database, Tx } from "../db/database.ts";
import type { Mail } from "../mail/service.ts";
import type { Projects } from "../projects/service.ts";
import { type BackOff, BY_ACCOUNT, BY_ADDRESS, waitError } from "./back-off.ts";
import { isCommonPassword } from "./common-passwords.ts";
import type { PasswordGate } from "./password-gate.ts";
import { normalEmail, passwordFits, plainName } from "./policy.ts";
import { secretHash } from "./secret-token.ts";
import { createAccount } from "./service.ts";
import { sendLink } from "./service-links.ts";
import type { Sessions } from "./service-sessions.ts";
import * as store from "./store.ts";
import { findLink, useLink } from "./store-sessions.ts";

/** Where a request comes from. */
export interface Visitor {
  ip: string;
  userAgent: string;
  /** Base address that links lead to. */
  base: string;
}

/** A signed-in account with the cookie's new token. */
export interface Entered {
  account: store.AccountRow;
  token: string;
}

export interface SignInDeps {
  db: Database;
  mail: Mail;
  projects: Projects;
  sessions: Sessions;
  gate: PasswordGate;
  backOff: BackOff;
  log: Log;
}

export const SIGN_UPS = "sign-ups";

export const actorOf = (account: { uuid: string }, ip: string): Actor => ({ name: `account:${account.uuid}`, ip });

export async function signUpPolicy(db: Database | Tx): Promise<SignUpPolicy> {
  return SignUpPolicy.catch("invitation").parse(await store.readSetting(db, SIGN_UPS));
}

/** A password that may be chosen, or the refusal. */
export async function chosenPassword(raw: unknown): Promise<string> {
  if (typeof raw !== "string" || !passwordFits(raw))
    throw apiError("fieldInvalid", "password", "must be 8 to 128 characters");
  if (await isCommonPassword(raw)) throw apiError("passwordCommon");
  return raw;
}

export function chosenEmail(raw: unknown): string {
  const email = normalEmail(raw);
  if (email === undefined) throw apiError("fieldInvalid", "email", "must be an e-mail address");
  return email;
}

export function chosenName(raw: unknown, field = "name"): string {
  const name = plainName(raw);
  if (name === undefined) throw apiError("fieldInvalid", field, "must be one line of 1 to 100 characters");
  return name;
}

export interface SignIn {
  signUpPolicy(): Promise<SignUpPolicy>;
  signUp(
    fields: Readonly<Record<string, unknown>>,
    visitor: Visitor,
  ): Promise<{ verify: boolean; entered: Entered | undefined }>;
  signIn(fields: Readonly<Record<string, unknown>>, visitor: Visitor): Promise<Entered>;
  /** The first start's link: takes over the account it is for. */
  welcome(fields: Readonly<Record<string, unknown>>, visitor: Visitor): Promise<Entered>;
  /** Follows the link to a new or changed address; a new account signs in. */
  verify(fields: Readonly<Record<string, unknown>>, visitor: Visitor): Promise<Entered | undefined>;
  forgot(fields: Readonly<Record<string, unknown>>, visitor: Visitor): Promise<void>;
  reset(fields: Readonly<Record<string, unknown>>, visitor: Visitor): Promise<void>;
  /** Whether `password` is the account's; counts as an attempt to sign in. */
  prove(account: store.AccountRow, password: unknown, ip: string): Promise<void>;
}

export function createSignIn(deps: SignInDeps): SignIn {
  const { db, mail, projects, sessions, gate, backOff, log } = deps;

  /** Throws while either of them has to wait; the attempt counts as failed until `good` is called. */
  function attempt(ip: string, email: string): { good(): void } {
    const [address, account] = [`ip ${ip}`, `account ${email}`];
    const now = Date.now();
    const waitAddress = backOff.attempt(address, BY_ADDRESS, now);
    if (waitAddress > 0) throw waitError(waitAddress);
    const waitAccount = backOff.attempt(account, BY_ACCOUNT, now);
    if (waitAccount > 0) throw waitError(waitAccount);
    return {
      good() {
        backOff.succeeded(address, { forget: false });
        backOff.succeeded(account, { forget: true });
      },
    };
  }

  /** Forms that send mail or hash passwords for strangers: bounded by the caller's address alone. */
  function anonymousAttempt(ip: string): void {
    const wait = backOff.attempt(`form ${ip}`, BY_ADDRESS, Date.now());
    if (wait > 0) throw waitError(wait);
  }

  async function enter(tx: Tx, account: store.AccountRow, visitor: Visitor): Promise<Entered> {
    return { account, token: await sessions.begin(tx, { ...visitor, accountId: account.id }) };
  }

  async function prove(account: store.AccountRow, password: unknown, ip: string): Promise<void> {
    const tried = attempt(ip, account.email);
    const plain = typeof password === "string" && passwordFits(password) ? password : "";
    if (!(await gate.verify(plain, account.password_hash))) throw apiError("passwordWrong");
    tried.good();
  }

  const tokenHash = (raw: unknown) => secretHash(typeof raw === "string" ? raw.slice(0, 200) : "");

  return {
    signUpPolicy: () => signUpPolicy(db),

    async signUp(fields, visitor) {
      const policy = await signUpPolicy(db);
      const { invitation } = fields;
      const invited = typeof invitation === "string" && invitation !== "";
      if (policy === "closed" && !invited) throw apiError("signUpsClosed");
      if (policy === "invitation" && !invited) throw apiError("invitationNeeded");
      const email = chosenEmail(fields.email);
      const name = chosenName(fields.name === undefined || fields.name === "" ? email.split("@")[0] : fields.name);
      const password = await chosenPassword(fields.password);
      // An invitation is no guess; without one, or with a wrong one, a stranger makes the server work and send mail.
      if (!invited) anonymousAttempt(visitor.ip);
      else if ((await findLink(db, tokenHash(invitation)))?.kind !== "invitation") throw apiError("linkInvalid");
      const passwordHash = await gate.hash(password);
      const make = async (tx: Tx) => {
        const link = invited ? await useLink(tx, tokenHash(invitation), "invitation") : undefined;
        if (invited && !link) throw apiError("linkInvalid");
        if (link && link.email !== "" && link.email !== email)
          throw apiError("fieldInvalid", "email", "must be the invited one");
        const known = await store.byEmail(tx, email);
        if (known) {
          // The answer is the one of a new address; only the mailbox's owner learns that there is an account.
          if (link) throw apiError("emailTaken");
          if (known.email_verified_at === null) {
            // The last one to sign up with an address that nobody has confirmed is the one whose password counts.
            await store.setPassword(tx, known.id, passwordHash);
            await sendLink(tx, mail, { kind: "verify", accountId: known.id, email, base: visitor.base });
          } else
            await mail.post(tx, {
              accountId: known.id,
              to: email,
              subject: "You have an account already",
              text: `Somebody, probably you, tried to make a Modelyard account with this address, but there is one already. Sign in at ${visitor.base}, or choose a new password there.`,
            });
          return { verify: true, entered: undefined };
        }
        const verified = link !== undefined && link.email === email;
        const id = await createAccount(tx, { email, name, role: "member", credit: 0n, passwordHash, verified });
        await projects.createEmpty(tx, { accountId: id, name: "First project", auth: "apikey" });
        const account = (await store.byId(tx, id)) as store.AccountRow;
        await note(tx, { accountId: id, actor: actorOf(account, visitor.ip), action: "account.create" });
        if (verified) return { verify: false, entered: await enter(tx, account, visitor) };
        await sendLink(tx, mail, { kind: "verify", accountId: id, email, base: visitor.base });
        return { verify: true, entered: undefined };
      };
      try {
        return await db.write(make);
      } catch (error) {
        // Somebody else's account with this address came in between; the second time it is found.
        if (error instanceof ApiError || !(await store.byEmail(db, email))) throw error;
        return db.write(make);
      }
    },

    async signIn(fields, visitor) {
      const email = normalEmail(fields.email) ?? "";
      const password = typeof fields.password === "string" && passwordFits(fields.password) ? fields.password : "";
      const tried = attempt(visitor.ip, email);
      const account = await store.byEmail(db, email);
      if (!(await gate.verify(password, account?.password_hash)) || !account) {
        await db.write((tx) =>
          note(tx, {
            accountId: account?.id ?? OPERATORS,
            actor: NOBODY(visitor.ip),
            action: "sign-in",
            target: account ? "" : email,
            outcome: "wrong",
          }),
        );
        throw apiError("signInWrong");
      }
      tried.good();
      if (account.suspended) throw apiError("accountSuspended");
      if (account.email_verified_at === null) {
        await db.write((tx) =>
          sendLink(tx, mail, { kind: "verify", accountId: account.id, email, base: visitor.base }),
        );
        throw apiError("emailUnverified");
      }
      return db.write(async (tx) => {
        const fresh = await store.byId(tx, account.id);
        // The password was changed, or the account suspended, while it was being compared.
        if (fresh?.password_hash !== account.password_hash || fresh.suspended) throw apiError("signInWrong");
        await note(tx, { accountId: account.id, actor: actorOf(account, visitor.ip), action: "sign-in" });
        return enter(tx, fresh, visitor);
      });
    },

    async welcome(fields, visitor) {
      const email = chosenEmail(fields.email);
      const passwordHash = await gate.hash(await chosenPassword(fields.password));
      return db.write(async (tx) => {
        const link = await useLink(tx, tokenHash(fields.token), "welcome");
        if (!link || link.account_id === null) throw apiError("linkInvalid");
        if (!(await store.setEmail(tx, link.account_id, email))) throw apiError("emailTaken");
        await store.setPassword(tx, link.account_id, passwordHash);
        await sessions.end(tx, { accountId: link.account_id });
        const account = (await store.byId(tx, link.account_id)) as store.AccountRow;
        await note(tx, { accountId: account.id, actor: actorOf(account, visitor.ip), action: "account.welcome" });
        return enter(tx, account, visitor);
      });
    },

    async verify(fields, visitor) {
      const hash = tokenHash(fields.token);
      const found = await findLink(db, hash);
      const own = found?.account_id ? await store.byId(db, found.account_id) : undefined;
      if (!found || !own || (found.kind !== "verify" && found.kind !== "email")) throw apiError("linkInvalid");
      // Somebody else may have signed up with this address, and its owner followed the link: the account would be the stranger's.
      if (found.kind === "verify") await prove(own, fields.password, visitor.ip);
      return db.write(async (tx) => {
        const link = await useLink(tx, hash, found.kind);
        const account = await store.byId(tx, own.id);
        if (!link || !account || account.suspended || account.deleted_at !== null) throw apiError("linkInvalid");
        const isNew = link.kind === "verify";
        if (isNew && account.password_hash !== own.password_hash) throw apiError("passwordWrong");
        if (!(await store.setEmail(tx, own.id, link.email))) throw apiError("emailTaken");
        const action = isNew ? "account.verify" : "account.email";
        await note(tx, { accountId: own.id, actor: NOBODY(visitor.ip), action });
        return isNew ? enter(tx, { ...account, email_verified_at: tx.now }, visitor) : undefined;
      });
    },

    async forgot(fields, visitor) {
      const email = chosenEmail(fields.email);
      anonymousAttempt(visitor.ip);
      const account = await store.byEmail(db, email);
      if (!account || account.suspended || account.deleted_at !== null) return;
      // Not waited for: how long the answer takes must not tell whether there is an account.
      void db
        .write(async (tx) => {
          await note(tx, { accountId: account.id, actor: NOBODY(visitor.ip), action: "account.forgot" });
          await sendLink(tx, mail, { kind: "reset", accountId: account.id, email, base: visitor.base });
        })
        .catch((error: unknown) => log(`reset link: ${String(error)}`, { level: "error" }));
    },

    async reset(fields, visitor) {
      const passwordHash = await gate.hash(await chosenPassword(fields.password));
      await db.write(async (tx) => {
        const link = await useLink(tx, tokenHash(fields.token), "reset");
        const account = link?.account_id ? await store.byId(tx, link.account_id) : undefined;
        // A link to an address that the account has left behind proves nothing any more.
        if (!link || !account || account.email !== link.email || account.deleted_at !== null)
          throw apiError("linkInvalid");
        await store.setPassword(tx, account.id, passwordHash);
        // Whoever reads the mailbox has proved that the address is theirs.
        if (account.email_verified_at === null) await store.setEmail(tx, account.id, account.email);
        await sessions.end(tx, { accountId: account.id });
        await note(tx, { accountId: account.id, actor: NOBODY(visitor.ip), action: "account.reset" });
      });
    },

    prove,
  };
}
