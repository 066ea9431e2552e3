/** What the API answers to the account on this page: asked for when shown, and again on demand. */
import type { Client } from "@modelyard/sdk";
import { useCallback, useEffect, useRef, useState } from "react";
import { useSession } from "./session-provider.tsx";

export type Answer<Data> = { state: "asking" } | { state: "failed"; problem: string } | { state: "there"; data: Data };

export interface UseAnswer<Data> {
  answer: Answer<Data>;
  /** Asks once more; what is shown stays until the answer is there. */
  reload: () => void;
}

/** The server said no, with a sentence for people. */
export class RefusedError extends Error {
  override name = "RefusedError";
}

/** A sentence for why a call was refused. */
export function refusal(error: unknown): string {
  if (error instanceof RefusedError) return error.message;
  if (error instanceof Error && error.name === "SignedOutError") return "Your session has ended. Sign in again.";
  if (error instanceof Error && error.name === "OutsideError")
    return "You are no member of this organisation any more.";
  if (error instanceof Error && error.name === "ModelyardError") return error.message;
  return "The server did not answer as it should. Try again.";
}

/** `key` names what is asked for: another key is another question. */
export function useAnswer<Data>(key: string, ask: (client: Client) => Promise<Data>): UseAnswer<Data> {
  const session = useSession();
  const [kept, setKept] = useState<{ key: string; answer: Answer<Data> }>();
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round asks again
  useEffect(() => {
    if (session.state !== "in") return;
    let current = true;
    const keep = (answer: Answer<Data>) => {
      if (current) setKept({ key, answer });
    };
    void (async () => {
      try {
        const { clientFor } = await import("../run/client.ts");
        keep({ state: "there", data: await latest.current(clientFor(session)) });
      } catch (error) {
        keep({ state: "failed", problem: refusal(error) });
      }
    })();
    return () => {
      current = false;
    };
  }, [session, key, round]);
  return {
    answer: kept?.key === key ? kept.answer : { state: "asking" },
    reload: useCallback(() => setRound((before) => before + 1), []),
  };
}
