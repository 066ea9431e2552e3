/** One thing at a time that a button does through the API; a refusal is a sentence beside it. */
import type { Client } from "@modelyard/sdk";
import { useState } from "react";
import { useSession } from "./session-provider.tsx";
import { refusal } from "./use-answer.ts";

export interface UseAction {
  isBusy: boolean;
  problem: string | undefined;
  /** Resolves to whether it was done. */
  act: (what: (client: Client) => Promise<void>) => Promise<boolean>;
}

export function useAction(): UseAction {
  const session = useSession();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  return {
    isBusy,
    problem,
    async act(what) {
      setBusy(true);
      setProblem(undefined);
      try {
        const { clientFor } = await import("../run/client.ts");
        await what(clientFor(session));
        return true;
      } catch (error) {
        setProblem(refusal(error));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
