/** Pages of the account's runs, newest first; while one goes on, the newest page is asked for again. */
import { type Task, taskOutcome } from "@modelyard/contract";
import type { TaskQuery } from "@modelyard/sdk";
import { useCallback, useEffect, useState } from "react";
import { useSession } from "../session/session-provider.tsx";
import { refusal } from "../session/use-answer.ts";

/** Runs asked for at a time. */
const PAGE = 50;
/** Between two looks at runs that go on, in milliseconds. */
const LIVE_MS = 3_000;

interface Runs {
  key: string;
  total: number;
  tasks: readonly Task[];
}

export interface UseRuns {
  runs: Runs | undefined;
  problem: string | undefined;
  isAsking: boolean;
  more: () => void;
  refresh: () => void;
}

export function useRuns(query: TaskQuery): UseRuns {
  const session = useSession();
  const key = JSON.stringify(query);
  const [runs, setRuns] = useState<Runs>();
  const [problem, setProblem] = useState<string>();
  const [isAsking, setAsking] = useState(false);

  /** `before`: the id after which the page begins; none = the newest. */
  const ask = useCallback(
    async (before: string | undefined, isCurrent: () => boolean) => {
      setAsking(true);
      try {
        const { clientFor } = await import("../run/client.ts");
        const wanted = JSON.parse(key) as TaskQuery;
        const page = await clientFor(session).tasks({ ...wanted, limit: PAGE, ...(before ? { before } : {}) });
        if (!isCurrent()) return;
        setRuns((kept) => ({
          key,
          total: page.total,
          tasks: merged(kept?.key === key ? kept.tasks : [], page.tasks, before),
        }));
        setProblem(undefined);
      } catch (error) {
        if (isCurrent()) setProblem(refusal(error));
      } finally {
        if (isCurrent()) setAsking(false);
      }
    },
    [session, key],
  );

  useEffect(() => {
    if (session.state !== "in") return;
    let current = true;
    void ask(undefined, () => current);
    return () => {
      current = false;
    };
  }, [session, ask]);

  const goesOn = runs?.key === key && runs.tasks.some((task) => taskOutcome(task) === "active");
  useEffect(() => {
    if (!goesOn) return;
    let current = true;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void ask(undefined, () => current);
    }, LIVE_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [goesOn, ask]);

  const shown = runs?.key === key ? runs : undefined;
  return {
    runs: shown,
    problem,
    isAsking,
    more: () => void ask(shown?.tasks.at(-1)?.id, () => true),
    refresh: () => void ask(undefined, () => true),
  };
}

/** An older page goes to the end; the newest one takes the place of what it covers. */
function merged(kept: readonly Task[], page: readonly Task[], before: string | undefined): readonly Task[] {
  if (before) return [...kept, ...page];
  const last = page.at(-1);
  if (page.length < PAGE || !last) return page;
  return [...page, ...kept.filter(({ id }) => Number(id) < Number(last.id))];
}
