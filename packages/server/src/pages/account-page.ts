/**
 * The pages of signing in, and those that one-time links open: a form that posts the link's token. Opening a link changes nothing, so
 * mail scanners may. They are plain forms, so that signing in needs no JavaScript.
 */
import { PASSWORD_LENGTH, type SignUpPolicy } from "@modelyard/contract";
import { LOGO, STYLE, THEME_SCRIPT, THEME_SCRIPT_SOURCE } from "./account-page-look.ts";

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

interface Field {
  name: string;
  label: string;
  type: "email" | "password" | "text";
  autocomplete: string;
  /** What is to be known before it is filled in. */
  hint?: string;
  /** Characters of a password that is chosen here. */
  length?: { min: number; max: number };
}

export interface AccountPage {
  title: string;
  text: string;
  /** Where the form goes; none = no form. */
  action?: string;
  token?: string;
  tokenField?: "token" | "invitation";
  fields?: readonly Field[];
  button?: string;
  /** Why the form is there again. */
  problem?: string;
  /** Path of the page that one came from and goes back to. */
  next?: string | undefined;
  /** What its e-mail field held. */
  email?: string;
  /** Links below the form; each takes `next` along, unless it has one of its own. */
  more?: readonly { href: string; text: string }[];
}

const EMAIL: Field = { name: "email", label: "E-mail address", type: "email", autocomplete: "username" };
const PASSWORD: Field = {
  name: "password",
  label: "Password",
  type: "password",
  autocomplete: "new-password",
  hint: `${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters`,
  length: PASSWORD_LENGTH,
};
/** One that exists already. */
const CURRENT_PASSWORD: Field = {
  name: "password",
  label: "Password",
  type: "password",
  autocomplete: "current-password",
};
const FORGOT_BY_HAND =
  "This server sends no mail. Give the account's address here, then ask whoever runs the server for the link to choose a new password: they see it under Administration, Sign-ups and mail, or with the command “modelyard mail”.";
const TO_SIGN_IN = { href: "/account/SignIn", text: "Sign in with an account you have" };

export const LINK_PAGES = {
  "/account/OrganizationJoin": {
    title: "Join the organisation",
    text: "As a member you can run models for it, with its money.",
    button: "Join",
  },
  "/account/Welcome": {
    title: "Welcome",
    text: "This account was made at the first start. It is the operator's: choose how you sign in.",
    fields: [EMAIL, PASSWORD],
    button: "Sign in",
  },
  "/account/Verify": {
    title: "Confirm your e-mail address",
    text: "With the password that you chose for the account. If you did not make one, close this page.",
    fields: [CURRENT_PASSWORD],
    button: "Confirm and sign in",
  },
  "/account/Email": {
    title: "Confirm your new e-mail address",
    text: "From then on it is the one you sign in with.",
    button: "Confirm",
  },
  "/account/Reset": {
    title: "Choose a new password",
    text: "You are signed out everywhere then.",
    fields: [PASSWORD],
    button: "Save",
  },
  "/account/SignUp": {
    title: "Make an account",
    text: "With it you run models, keep what they made, and call them from your own programs.",
    fields: [EMAIL, PASSWORD],
    button: "Make the account",
    tokenField: "invitation",
    more: [TO_SIGN_IN],
  },
} as const satisfies Record<string, AccountPage>;

/** Pages that are opened without a one-time link. `mail`: a mail server is set up. */
export function plainPages({ mail }: { mail: boolean }) {
  return {
    "/account/SignIn": {
      title: "Sign in",
      text: "To run models, and to see your runs, projects and keys.",
      fields: [EMAIL, CURRENT_PASSWORD],
      button: "Sign in",
      more: [{ href: "/account/Forgot", text: "Forgot the password?" }],
    },
    "/account/Forgot": {
      title: "Forgot the password?",
      text: mail ? "A link to choose a new one is sent to the account's address." : FORGOT_BY_HAND,
      fields: [EMAIL],
      button: mail ? "Send the link" : "Make the link",
      more: [TO_SIGN_IN],
    },
  } as const satisfies Record<string, AccountPage>;
}

/** The sign-in page with the way to an account, where everybody may make one. */
export function withSignUp(page: AccountPage, signups: SignUpPolicy): AccountPage {
  if (signups !== "open") return page;
  return { ...page, more: [...(page.more ?? []), { href: "/account/SignUp", text: "Make an account" }] };
}

/** The page of an invitation to an organisation. `email`: who is signed in; others sign in first and come back to it. */
export function joinPage(
  token: string,
  { email, signups }: { email: string | undefined; signups: SignUpPolicy },
): AccountPage {
  const path = "/account/OrganizationJoin";
  const page = LINK_PAGES[path];
  const back = `?next=${encodeURIComponent(`${path}?token=${token}`)}`;
  const signIn = { href: `/account/SignIn${back}`, text: email === undefined ? "Sign in" : "Sign in as somebody else" };
  if (email !== undefined)
    return {
      ...page,
      text: `You are signed in as ${email}. ${page.text}`,
      action: path,
      token,
      next: "/dashboard/organizations",
      more: [signIn],
    };
  const signUp = { href: `/account/SignUp${back}`, text: "Make an account" };
  return {
    title: page.title,
    text: `Sign in first, with the address that was invited, and you come back here. ${page.text}${signups === "open" ? "" : " If you have no account yet, ask whoever runs this server for one."}`,
    more: signups === "open" ? [signIn, signUp] : [signIn],
  };
}

/** What is opened by an address without an invitation. */
export function signUpPage(signups: SignUpPolicy): AccountPage {
  if (signups === "open") return { ...LINK_PAGES["/account/SignUp"], action: "/account/SignUp" };
  const text =
    signups === "invitation"
      ? "Accounts are made by invitation here: open the link that you were sent, or ask who runs this server for one."
      : "No new accounts are made here at the moment.";
  return { title: "Make an account", text, more: [TO_SIGN_IN] };
}

/** What a form has done, where the visitor has something left to do before going on. `…ByHand`: no mail server is set up. */
export const DONE_PAGES = {
  verify: {
    title: "Look into your mailbox",
    text: "A link was sent to confirm the address. Open it, and you are in. It may take a minute, and may have gone to spam.",
    more: [TO_SIGN_IN],
  },
  forgot: {
    title: "Look into your mailbox",
    text: "If there is an account with this address, a link to choose a new password is on its way.",
    more: [TO_SIGN_IN],
  },
  verifyByHand: {
    title: "Ask for your link",
    text: "This server sends no mail. The link that confirms your address waits for whoever runs it: ask them for it. Open it, and you are in.",
    more: [TO_SIGN_IN],
  },
  forgotByHand: {
    title: "Ask for your link",
    text: "This server sends no mail. If there is an account with this address, a link to choose a new password waits for whoever runs it: ask them for it. It holds for an hour.",
    more: [TO_SIGN_IN],
  },
  reset: {
    title: "Your password is changed",
    text: "You are signed out everywhere. Sign in with the new one.",
    more: [{ href: "/account/SignIn", text: "Sign in" }],
  },
} as const satisfies Record<string, AccountPage>;

const hidden = (name: string, value: string | undefined) =>
  value === undefined ? "" : `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;

function fieldHtml({ name, label, type, autocomplete, hint, length }: Field, email: string | undefined): string {
  const value = name === "email" && email !== undefined ? ` value="${escapeHtml(email)}"` : "";
  const limits = length ? ` minlength="${length.min}" maxlength="${length.max}"` : "";
  const small = hint === undefined ? "" : ` <small>${escapeHtml(hint)}</small>`;
  return `<label><span>${escapeHtml(label)}${small}</span><input name="${name}" type="${type}" autocomplete="${autocomplete}"${value}${limits} required></label>`;
}

export function accountPage(page: AccountPage): string {
  const { title, text, next, problem } = page;
  const alert = problem === undefined ? "" : `<p class="problem" role="alert">${escapeHtml(problem)}</p>`;
  const link = ({ href, text }: { href: string; text: string }) => {
    const whole = next === undefined || href.includes("?") ? href : `${href}?next=${encodeURIComponent(next)}`;
    return `<li><a href="${escapeHtml(whole)}">${escapeHtml(text)}</a></li>`;
  };
  const more = page.more?.length ? `<ul>${page.more.map(link).join("")}</ul>` : "";
  const fields = (page.fields ?? []).map((field) => fieldHtml(field, page.email)).join("");
  const form =
    page.action === undefined
      ? ""
      : `<form method="post" action="${escapeHtml(page.action)}">${hidden(page.tokenField ?? "token", page.token)}${hidden("next", next)}${fields}<button>${escapeHtml(page.button ?? "Go on")}</button></form>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)} · Modelyard</title><link rel="icon" href="data:,"><script>${THEME_SCRIPT}</script><style>${STYLE}</style></head>
<body><header><a href="/">${LOGO}Modelyard</a></header><main><h1>${escapeHtml(title)}</h1>${text === "" ? "" : `<p>${escapeHtml(text)}</p>`}${alert}${form}${more}</main></body></html>`;
}

/** Headers of pages about an account: their addresses carry tokens, nobody frames them, nothing is loaded from elsewhere. */
export const ACCOUNT_PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  "content-security-policy": `default-src 'none'; script-src ${THEME_SCRIPT_SOURCE}; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
};
