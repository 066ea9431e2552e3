/**
 * The account behind this browser's cookie, and the short-lived tokens with which the page calls the API for it.
 * `POST /account/Me` and `POST /account/Token`; the cookie itself is never seen by scripts.
 */

export interface Account {
  uuid: string;
  email: string;
  name: string;
  role: string;
}

/** Nobody where the server does not answer or has no accounts: the public pages work all the same. */
export async function fetchAccount(): Promise<{ account: Account | undefined; offered: boolean }> {
  try {
    const response = await post("Me");
    if (response.status === 404) return { account: undefined, offered: false };
    const answer = (await response.json()) as { account?: Account | null };
    return { account: answer.account ?? undefined, offered: true };
  } catch {
    return { account: undefined, offered: false };
  }
}

/** A token is fetched anew this long before it ends, in milliseconds: a call takes time, and clocks differ. */
const MARGIN_MS = 60_000;

export interface Tokens {
  /** A token that still holds for a minute. Rejects where the session has ended. */
  bearer: () => Promise<string>;
}

export function createTokens(): Tokens {
  let kept: { token: string; until: number } | undefined;
  let asking: Promise<string> | undefined;

  async function ask(): Promise<string> {
    const response = await post("Token");
    const answer = (await response.json()) as { token?: string; expires?: number | string };
    if (!answer.token) throw new SignedOutError();
    kept = { token: answer.token, until: expiry(answer.expires) };
    return kept.token;
  }

  return {
    bearer() {
      if (kept && kept.until - MARGIN_MS > Date.now()) return Promise.resolve(kept.token);
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
  };
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

function post(path: string): Promise<Response> {
  return fetch(`/account/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
    credentials: "same-origin",
  });
}
