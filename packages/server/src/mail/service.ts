/**
 * Mail that the platform owes: written down with what causes it, sent afterwards, tried again for a day. Without an SMTP server the
 * text waits for the operator (Admin/MailList), who passes it on, and the log says so. Texts carry links that are as good as passwords, so they are sealed.
 */
import type { Log } from "@modelyard/contract";
import type { Transporter } from "nodemailer";
import type { Database, Tx } from "../db/database.ts";
import type { Seal } from "../projects/seal.ts";
import * as store from "./store.ts";

/** Waits before attempts 2, 3, … in milliseconds: a day altogether. */
const WAITS = [30_000, 2 * 60_000, 10 * 60_000, 60 * 60_000, 6 * 60 * 60_000, 16 * 60 * 60_000];
const TIMEOUT_MS = 20_000;
const CLAIM_MS = 2 * TIMEOUT_MS + 20_000;
const SWEEP_MS = 15_000;
/** Sent and given-up mail is kept this long. */
const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

export interface NewMail {
  accountId: number | null;
  to: string;
  subject: string;
  text: string;
}

export interface Undelivered {
  id: number;
  to: string;
  subject: string;
  text: string;
  state: "due" | "failed" | "waiting";
  error: string | null;
  createdAt: number;
}

export interface Mail {
  /** Owes a mail, in the caller's unit of work. */
  post(tx: Tx, mail: NewMail): Promise<void>;
  undelivered(page: { before: number; limit: number }): Promise<Undelivered[]>;
  stop(): Promise<void>;
}

export interface MailDeps {
  db: Database;
  seal: Seal;
  /** smtp:// or smtps:// address with the credentials in it; undefined = none. */
  smtpUrl: string | undefined;
  from: string;
  log: Log;
}

const owner = (id: number) => `mail:${id}`;

/** The library is loaded where there is a server to talk to: it takes 5 MB. */
async function connect(url: string): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  return createTransport({
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // A mail's text is ours; it never pulls in a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

export function createMail({ db, seal, smtpUrl, from, log }: MailDeps): Mail {
  const connected = smtpUrl === undefined ? undefined : connect(smtpUrl);
  let stopping = false;
  let running: Promise<void> | undefined;
  let again = false;

  async function sendOne(): Promise<boolean> {
    const row = await db.write((tx) => store.claimDue(db, tx, tx.now + CLAIM_MS));
    if (!row || !connected) return false;
    try {
      const transport = await connected;
      await transport.sendMail({
        from,
        to: { name: "", address: row.recipient },
        subject: row.subject,
        text: seal.open(row.sealed, owner(row.id)),
      });
      await db.write((tx) => store.settle(tx, row.id, { state: "sent", nextAt: tx.now, error: null }));
    } catch (error) {
      const reason = error instanceof Error ? error.message.slice(0, 300) : String(error);
      const wait = WAITS[row.tries];
      const state = wait === undefined ? "failed" : "due";
      await db.write((tx) => store.settle(tx, row.id, { state, nextAt: tx.now + (wait ?? 0), error: reason }));
      log(`mail ${row.id} (${row.subject}) was not taken${state === "failed" ? " and is given up" : ""}: ${reason}`, {
        level: state === "failed" ? "error" : "warn",
      });
    }
    return true;
  }

  function wake(): void {
    again = true;
    if (!connected || running || stopping) return;
    again = false;
    running = (async () => {
      while (!stopping && (await sendOne()));
    })()
      .catch((error: unknown) => log(`mail: ${String(error)}`, { level: "error" }))
      .then(() => {
        running = undefined;
        if (again && !stopping) wake();
      });
  }
  const timer = setInterval(wake, SWEEP_MS);
  const forgetting = setInterval(() => {
    void db
      .write((tx) => store.forget(tx, tx.now - KEEP_MS))
      .catch((error: unknown) => log(`mail: ${String(error)}`, { level: "error" }));
  }, 60 * 60_000);
  wake();

  return {
    async post(tx, mail) {
      const state = connected ? "due" : "waiting";
      const { accountId, to: recipient, subject, text } = mail;
      const id = await store.insertMail(tx, { accountId, recipient, subject, state });
      await store.setText(tx, id, seal.seal(text, owner(id)));
      tx.afterCommit(() => {
        if (connected) wake();
        // Not the text: its link is as good as a password, and logs travel.
        else log(`no mail server is set up: mail ${id} (${subject}) waits for the operator in Admin/MailList`);
      });
    },
    async undelivered(page) {
      const rows = await store.undelivered(db, page);
      return rows.map(({ id, recipient, subject, sealed, state, error, created_at }) => ({
        id,
        to: recipient,
        subject,
        text: seal.open(sealed, owner(id)),
        state: state as Undelivered["state"],
        error,
        createdAt: created_at,
      }));
    },
    async stop() {
      stopping = true;
      clearInterval(timer);
      clearInterval(forgetting);
      await running;
      (await connected)?.close();
    },
  };
}
