/** Who is signed in, and for whom they act, for the whole visit. Asked once by the browser; pages themselves are the same for everybody. */
import { createContext, type ReactNode, startTransition, useContext, useEffect, useState } from "react";
import { toast } from "../ui/toast.tsx";
import { type Account, createTokens, firstAccount, type Tokens } from "./account.ts";
import { type Acting, fetchOrganizations, keepActing, keptActing } from "./acting.ts";

export type Session =
  /** Not asked yet: the server renders this, and the browser starts with it. */
  | { state: "unknown" }
  /** `offered`: this server has a way to sign in. */
  | { state: "out"; offered: boolean }
  | {
      state: "in";
      account: Account;
      /** Of the account, or of the organisation that it acts for. */
      tokens: Tokens;
      /** The organisation whose runs, projects and money the pages show; undefined = the account's own. */
      acting: Acting | undefined;
      /** Acts for another one from now on; undefined = for oneself. */
      actFor: (acting: Acting | undefined) => void;
      /** How often that changed since the page was loaded. */
      switches: number;
    };

const SessionContext = createContext<Session>({ state: "unknown" });

export function SessionProvider({ children }: { children: ReactNode }) {
  const [session, setNow] = useState<Session>({ state: "unknown" });
  useEffect(() => {
    // Mostly while the page is still being taken over: anything more urgent would make React do the rest of that in one go.
    const setSession = (next: Session) => startTransition(() => setNow(next));
    let current = true;
    let switches = 0;
    const act = (account: Account, acting: Acting | undefined, begun?: Tokens) => {
      const round = switches;
      const outside = () => {
        // Calls that began before may find out late, and several of them.
        if (round !== switches) return;
        toast(outsideWords(acting?.name ?? ""), "bad");
        actFor(undefined);
      };
      const tokens = begun ?? createTokens(acting?.uuid, outside);
      // In another tab, or by its time: header and pages say so from then on.
      void tokens.ended.then(() => {
        if (current) setSession({ state: "out", offered: true });
      });
      const actFor = (next: Acting | undefined) => {
        if (!current) return;
        keepActing(account.uuid, next);
        // The same one under another name, or with another role: what is on the page stays.
        if (next && next.uuid === acting?.uuid && round === switches) show(next);
        else {
          switches++;
          act(account, next);
        }
      };
      const show = (now: Acting | undefined) =>
        setSession({ state: "in", account, tokens, acting: now, actFor, switches: round });
      if (current) show(acting);
    };
    void (async () => {
      const { account, offered, tokens } = await firstAccount();
      if (account && tokens) act(account, undefined, tokens);
      else if (account) act(account, await confirmedActing(account));
      else if (current) setSession({ state: "out", offered });
    })();
    return () => {
      current = false;
    };
  }, []);
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  return useContext(SessionContext);
}

const outsideWords = (name: string) =>
  `You are no member of ${name || "the organisation"} any more. You act for yourself again.`;

/** The kept choice, if it still holds; otherwise nobody is acted for, and the visitor is told why. */
async function confirmedActing(account: Account): Promise<Acting | undefined> {
  const kept = keptActing(account.uuid);
  if (!kept) return undefined;
  try {
    const found = (await fetchOrganizations()).find(({ uuid }) => uuid === kept.organization);
    if (found) return found;
    keepActing(account.uuid, undefined);
    toast(outsideWords(kept.name), "bad");
  } catch {
    toast(`The server did not say whether you still belong to ${kept.name}. You act for yourself.`, "bad");
  }
  return undefined;
}
