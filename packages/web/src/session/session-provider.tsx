/** Who is signed in, for the whole visit. Asked once by the browser; pages themselves are the same for everybody. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { type Account, createTokens, fetchAccount, type Tokens } from "./account.ts";

export type Session =
  /** Not asked yet: the server renders this, and the browser starts with it. */
  | { state: "unknown" }
  /** `offered`: this server has a way to sign in. */
  | { state: "out"; offered: boolean }
  | { state: "in"; account: Account; tokens: Tokens };

const SessionContext = createContext<Session>({ state: "unknown" });

export function SessionProvider({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session>({ state: "unknown" });
  const tokens = useMemo(() => createTokens(), []);
  useEffect(() => {
    let current = true;
    void fetchAccount().then((found) => {
      if (!current) return;
      setSession(
        found.account ? { state: "in", account: found.account, tokens } : { state: "out", offered: found.offered },
      );
    });
    return () => {
      current = false;
    };
  }, [tokens]);
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  return useContext(SessionContext);
}
