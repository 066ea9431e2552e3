/** The account's runs, newest first, by their place in the list: pages are asked for as they come into sight, and again from time to time. */
import { type Task, taskOutcome } from "@modelyard/contract";
import type { TaskQuery } from "@modelyard/sdk";
import { useCallback, useEffect, useRef, useState } from "react";
import { useSession } from "../session/session-provider.tsx";
import { refusal } from "../session/use-answer.ts";

/** Runs asked for at a time. */
const PAGE = 50;
/** Between two looks while something goes on, and otherwise: a run may be started elsewhere. Milliseconds. */
const LOOK_MS = { live: 3_000, quiet: 10_000 } as const;

interface Runs {
  key: string;
  total: number;
  /** By number; the first is 0. */
  pages: ReadonlyMap<number, readonly Task[]>;
}

export interface UseRuns {
  /** Undefined until it is known. */
  total: number | undefined;
  /** Undefined while it is asked for. */
  taskAt: (index: number) => Task | undefined;
  /** All that are here. */
  loaded: readonly Task[];
  /** These places are in sight. */
  show: (first: number, last: number) => void;
  problem: string | undefined;
  isAsking: boolean;
  refresh: () => void;
}

export function useRuns(query: TaskQuery): UseRuns {
  const session = useSession();
  const key = JSON.stringify(query);
  const [runs, setRuns] = useState<Runs>();
  const [problem, setProblem] = useState<string>();
  const [asking, setAsking] = useState(0);
  const waiting = useRef(new Set<string>());
  const sight = useRef({ first: 0, last: 0 });
  const latest = useRef(key);
  latest.current = key;

  const ask = useCallback(
    async (page: number) => {
      const name = `${key} ${page}`;
      if (waiting.current.has(name)) return;
      waiting.current.add(name);
      setAsking((count) => count + 1);
      try {
        const { clientFor } = await import("../run/client.ts");
        const wanted = JSON.parse(key) as TaskQuery;
        const found = await clientFor(session).tasks({ ...wanted, limit: PAGE, start: page * PAGE });
        if (latest.current !== key) return;
        setRuns((kept) => {
          // Another number of runs: every place may have moved, so only what came now is sure.
          const known = kept?.key === key && kept.total === found.total ? kept.pages : [];
          return { key, total: found.total, pages: new Map([...known, [page, found.tasks]]) };
        });
        setProblem(undefined);
      } catch (error) {
        if (latest.current === key) setProblem(refusal(error));
      } finally {
        waiting.current.delete(name);
        setAsking((count) => count - 1);
      }
    },
    [session, key],
  );

  const shown = runs?.key === key ? runs : undefined;
  const inSight = useCallback(() => {
    const { first, last } = sight.current;
    const from = Math.floor(first / PAGE);
    return Array.from({ length: Math.floor(last / PAGE) - from + 1 }, (_, offset) => from + offset);
  }, []);

  useEffect(() => {
    if (session.state === "in") void ask(0);
  }, [session, ask]);

  // What has moved out of the list is asked for again where it is looked at.
  useEffect(() => {
    if (!shown) return;
    for (const page of inSight()) if (!shown.pages.has(page) && page * PAGE < shown.total) void ask(page);
  }, [shown, ask, inSight]);

  const loaded = shown ? [...shown.pages.values()].flat() : [];
  const goesOn = loaded.some((task) => taskOutcome(task) === "active");
  const refresh = useCallback(() => {
    for (const page of new Set([0, ...inSight()])) void ask(page);
  }, [ask, inSight]);
  const isIn = session.state === "in";
  useEffect(() => {
    if (!isIn) return;
    const look = () => {
      if (document.visibilityState === "visible") refresh();
    };
    const timer = setInterval(look, goesOn ? LOOK_MS.live : LOOK_MS.quiet);
    addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [isIn, goesOn, refresh]);

  return {
    total: shown?.total,
    taskAt: (index) => shown?.pages.get(Math.floor(index / PAGE))?.[index % PAGE],
    loaded,
    show(first, last) {
      sight.current = { first, last };
      for (const page of inSight()) if (shown && !shown.pages.has(page)) void ask(page);
    },
    problem,
    isAsking: asking > 0,
    refresh,
  };
}
