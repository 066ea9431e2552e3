/** Whether models earn for whom the visitor acts: only then is there a page about it. */
import { useEffect, useState } from "react";
import type { Tokens } from "../session/account.ts";
import { mayManageFor } from "../session/acting.ts";
import { useSession } from "../session/session-provider.tsx";

/** Asked once for everybody one acts for, not by each page. */
const known = new WeakMap<Tokens, Promise<boolean>>();

export function useEarns(): boolean {
  const session = useSession();
  const [earns, setEarns] = useState(false);
  useEffect(() => {
    if (session.state !== "in" || !mayManageFor(session.acting)) return setEarns(false);
    const { tokens } = session;
    let current = true;
    const asked = known.get(tokens) ?? ask();
    known.set(tokens, asked);
    void asked.then((answer) => {
      if (current) setEarns(answer);
    });
    return () => {
      current = false;
    };

    async function ask(): Promise<boolean> {
      try {
        const { earns } = await import("./earns.ts");
        return await earns(session);
      } catch {
        // The page is there by its address all the same; the next visit asks again.
        return false;
      }
    }
  }, [session]);
  return earns;
}
