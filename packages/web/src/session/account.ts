/**
 * The account behind this browser's cookie, and the short-lived tokens with which the page calls the API for it.
 * `POST /account/Me` and `POST /account/Token`; the cookie itself is never seen by scripts.
 */

export interface Account {
  uuid: string;
  email: string;
  name: string;
  role: string;
  /** The server sends it mail; otherwise links wait for the operator. */
  getsMail?: boolean;
}

/** Nobody where the server does not answer or has no accounts: the public pages work all the same. */
export async function fetchAccount(): Promise<{ account: Account | undefined; offered: boolean }> {
  try {
    const response = await postAccount("Me");
    if (response.status === 404) return { account: undefined, offered: false };
    const answer = (await response.json()) as { account?: Account | null; mail?: boolean };
    return { account: answer.account ? { ...answer.account, getsMail: answer.mail } : undefined, offered: true };
  } catch {
    return { account: undefined, offered: false };
  }
}

/** Pages that call the API for who is signed in as soon as they are there. */
const NEED_TOKEN = /^\/(runs|dashboard|admin|compare|models\/.)/;
let early: { account: ReturnType<typeof fetchAccount>; tokens?: Tokens } | undefined;

/** Asks who is signed in before React takes the page over, which takes longer than the answer. `isOwn`: they act for themselves. */
export function askEarly(path: string, isOwn: (account: Account) => boolean): void {
  const asked: typeof early = { account: fetchAccount() };
  early = asked;
  if (!NEED_TOKEN.test(path)) return;
  void asked.account.then(({ account }) => {
    if (!account || !isOwn(account)) return;
    asked.tokens = createTokens();
    // Who needs the token hears why there is none.
    asked.tokens.bearer().catch(() => {});
  });
}

/** What was asked early, once: the account, and its own tokens where they were begun. */
export async function firstAccount(): Promise<Awaited<ReturnType<typeof fetchAccount>> & { tokens?: Tokens }> {
  const asked = early ?? { account: fetchAccount() };
  early = undefined;
  const answer = await asked.account;
  return { ...answer, tokens: asked.tokens };
}

/** A token is fetched anew this long before it ends, in milliseconds: a call takes time, and clocks differ. */
const MARGIN_MS = 60_000;

export interface Tokens {
  /** A token that still holds for a minute. Rejects where the session has ended, and where one is no member (any more). */
  bearer: () => Promise<string>;
  /** The server refused the kept token: the next call asks whether there is another. */
  doubt: () => void;
  /** Resolves once the server has said that the session has ended. */
  ended: Promise<void>;
}

/** Tokens to act for an organisation (its uuid), or for oneself. `onOutside`: one is no member of it (any more). */
export function createTokens(organization?: string, onOutside: () => void = () => {}): Tokens {
  let kept: { token: string; until: number } | undefined;
  let asking: Promise<string> | undefined;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();

  async function ask(): Promise<string> {
    const response = await postAccount("Token", organization === undefined ? {} : { organization });
    if (response.status === 401) {
      end();
      throw new SignedOutError();
    }
    const answer = (await response.json()) as {
      token?: string;
      expires?: number | string;
      errors?: { message?: string }[];
    };
    if (answer.errors?.[0]?.message === "organization-not-exist") {
      onOutside();
      throw new OutsideError();
    }
    if (!answer.token) throw new Error("no token came");
    kept = { token: answer.token, until: expiry(answer.expires) };
    return kept.token;
  }

  const anew = () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };

  return {
    bearer() {
      if (kept && kept.until - MARGIN_MS > Date.now()) return Promise.resolve(kept.token);
      return anew();
    },
    doubt() {
      if (!kept) return;
      kept = undefined;
      // Who hears of it is told by what the next call answers.
      void anew().catch(() => {});
    },
    ended,
  };
}

/** One acted for an organisation and is no member of it any more. */
export class OutsideError extends Error {
  override name = "OutsideError";
}

/** The session ended while the page was open. */
export class SignedOutError extends Error {
  override name = "SignedOutError";
}

/** Unix seconds, unix milliseconds or a date → unix milliseconds; what cannot be read is taken as over. */
function expiry(value: number | string | undefined): number {
  const number = Number(value);
  if (Number.isFinite(number)) return number < 1e11 ? number * 1000 : number;
  const date = Date.parse(String(value));
  return Number.isNaN(date) ? 0 : date;
}

/** One account route with this browser's cookie. */
export function postAccount(path: string, fields: object = {}): Promise<Response> {
  return fetch(`/account/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(fields),
    credentials: "same-origin",
  });
}
