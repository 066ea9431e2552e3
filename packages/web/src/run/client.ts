/** The API in the name of who is signed in. Loaded with the first run: it brings the SDK. */
import { type Client, createClient } from "@modelyard/sdk";
import type { Session } from "../session/session-provider.tsx";

/** Throws where nobody is signed in. `request`: another `fetch`. */
export function clientFor(session: Session, request?: typeof fetch): Client {
  if (session.state !== "in") throw new Error("nobody is signed in");
  return createClient({ url: location.origin, bearer: session.tokens.bearer, ...(request ? { fetch: request } : {}) });
}
