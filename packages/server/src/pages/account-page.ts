/** The pages that one-time links open: a form that posts the link's token. Opening a link changes nothing, so mail scanners may. */

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

interface Field {
  name: string;
  label: string;
  type: "email" | "password" | "text";
  autocomplete: string;
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
  /** A link below the form. */
  more?: { href: string; text: string };
}

const EMAIL: Field = { name: "email", label: "E-mail address", type: "email", autocomplete: "username" };
const PASSWORD: Field = {
  name: "password",
  label: "Password (8 to 128 characters)",
  type: "password",
  autocomplete: "new-password",
};

export const LINK_PAGES = {
  "/account/Welcome": {
    title: "Welcome",
    text: "This account was made at the first start. It is the operator's: choose how you sign in.",
    fields: [EMAIL, PASSWORD],
    button: "Sign in",
  },
  "/account/Verify": {
    title: "Confirm your e-mail address",
    text: "With the password that you chose for the account. If you did not make one, close this page.",
    fields: [{ ...PASSWORD, label: "Password", autocomplete: "current-password" }],
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
    text: "",
    fields: [EMAIL, PASSWORD],
    button: "Make the account",
    tokenField: "invitation",
  },
} as const satisfies Record<string, AccountPage>;

/** Pages without a link: until the web app has its own. */
export const PLAIN_PAGES = {
  "/account/SignIn": {
    title: "Sign in",
    text: "",
    fields: [EMAIL, { ...PASSWORD, label: "Password", autocomplete: "current-password" }],
    button: "Sign in",
    more: { href: "/account/Forgot", text: "Forgot the password?" },
  },
  "/account/Forgot": {
    title: "Forgot the password?",
    text: "A link to choose a new one is sent to the account's address.",
    fields: [EMAIL],
    button: "Send the link",
  },
} as const satisfies Record<string, AccountPage>;

export function accountPage(page: AccountPage): string {
  const input = ({ name, label, type, autocomplete }: Field) => {
    const value = name === "email" && page.email !== undefined ? ` value="${escapeHtml(page.email)}"` : "";
    return `<p><label>${escapeHtml(label)}<br><input name="${name}" type="${type}" autocomplete="${autocomplete}"${value} required></label></p>`;
  };
  const problem = page.problem === undefined ? "" : `<p role="alert"><strong>${escapeHtml(page.problem)}</strong></p>`;
  const token =
    page.token === undefined
      ? ""
      : `<input type="hidden" name="${page.tokenField ?? "token"}" value="${escapeHtml(page.token)}">`;
  const next = page.next === undefined ? "" : `<input type="hidden" name="next" value="${escapeHtml(page.next)}">`;
  const more = page.more ? `<p><a href="${escapeHtml(page.more.href)}">${escapeHtml(page.more.text)}</a></p>` : "";
  const form =
    page.action === undefined
      ? ""
      : `<form method="post" action="${escapeHtml(page.action)}">${token}${next}${(page.fields ?? []).map(input).join("")}<p><button>${escapeHtml(page.button ?? "Go on")}</button></p></form>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(page.title)}: Modelyard</title><link rel="icon" href="data:,">
<style>:root{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif}body{max-width:26rem;margin:4rem auto;padding:0 1rem}input{font:inherit;width:100%;padding:.5rem;box-sizing:border-box}button{font:inherit;padding:.5rem 1.25rem}</style>
<main><h1>${escapeHtml(page.title)}</h1><p>${escapeHtml(page.text)}</p>${problem}${form}${more}<p><a href="/">Modelyard</a></p></main></html>`;
}

/** Headers of pages about an account: their addresses carry tokens, nobody frames them, nothing is loaded from elsewhere. */
export const ACCOUNT_PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
};
