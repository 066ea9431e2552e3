/** One-time links: what they prove, and the mails they travel in. */
import type { Tx } from "../db/database.ts";
import type { Mail } from "../mail/service.ts";
import { LINK_MS } from "./policy.ts";
import { newSecret, secretHash } from "./secret-token.ts";
import * as store from "./store-sessions.ts";

export type LinkKind = store.LinkRow["kind"];

/** Mails of one kind to one account in an hour: nobody's mailbox is to be filled by a stranger. */
const PER_HOUR = 5;

const PAGE: Record<LinkKind, string> = {
  welcome: "/account/Welcome",
  verify: "/account/Verify",
  email: "/account/Email",
  reset: "/account/Reset",
  invitation: "/account/SignUp",
};

export function linkAddress(base: string, kind: LinkKind, token: string): string {
  return `${base}${PAGE[kind]}?token=${token}`;
}

const TEXTS: Record<Exclude<LinkKind, "welcome">, { subject: string; text: (link: string) => string }> = {
  verify: {
    subject: "Confirm your e-mail address",
    text: (link) =>
      `Somebody, probably you, made a Modelyard account with this address. To confirm it, open\n\n${link}\n\nIf it was not you, ignore this mail.`,
  },
  email: {
    subject: "Confirm your new e-mail address",
    text: (link) =>
      `To use this address for your Modelyard account from now on, open\n\n${link}\n\nIf you did not ask for it, ignore this mail.`,
  },
  reset: {
    subject: "Choose a new password",
    text: (link) =>
      `To choose a new password for your Modelyard account, open this within an hour:\n\n${link}\n\nIf you did not ask for it, ignore this mail: nothing changes.`,
  },
  invitation: {
    subject: "You are invited to Modelyard",
    text: (link) => `You can make an account here within two weeks:\n\n${link}`,
  },
};

/** Makes a link; earlier ones of its kind for this account are void. Returns its token. */
export async function makeLink(
  tx: Tx,
  link: { kind: LinkKind; accountId: number | null; email: string },
): Promise<string> {
  const token = newSecret();
  if (link.accountId !== null) await store.voidLinks(tx, link.accountId, [link.kind]);
  await store.insertLink(tx, { ...link, tokenHash: secretHash(token), expiresAt: tx.now + LINK_MS[link.kind] });
  return token;
}

/** Makes a link and owes the mail that carries it; neither where the account was sent enough of them. Returns its token, or "". */
export async function sendLink(
  tx: Tx,
  mail: Mail,
  link: { kind: Exclude<LinkKind, "welcome">; accountId: number | null; email: string; base: string },
): Promise<string> {
  const { kind, accountId, email, base } = link;
  if (accountId !== null) {
    const sent = await store.countLinks(tx, accountId, kind, tx.now - 60 * 60_000);
    if (sent >= PER_HOUR) return "";
  }
  const token = await makeLink(tx, { kind, accountId, email });
  const { subject, text } = TEXTS[kind];
  await mail.post(tx, { accountId, to: email, subject, text: text(linkAddress(base, kind, token)) });
  return token;
}
