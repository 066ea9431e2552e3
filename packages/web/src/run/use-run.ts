/** The run on a model's page: started here, or found again by the id in the address. */
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Cost } from "../model/cost.ts";
import type { FormValues } from "../model/form-values.ts";
import { useSession } from "../session/session-provider.tsx";
import { CANCELLED, NEW_RUN, type RunState } from "./run.ts";

export interface RunRequest {
  /** owner/slug as the API's path has it. */
  model: string;
  body: Record<string, unknown>;
  /** What the form showed. */
  form: Started;
  isApp: boolean;
}

/** The form when a run was started; a new object for each run. */
export interface Started {
  values: FormValues;
  cost: Cost;
}

export interface UseRun {
  run: RunState | undefined;
  /** What the shown run was started with; undefined for one that was found again. */
  ranWith: Started | undefined;
  /** Parameters of a run that was found again, for the form. */
  found: Record<string, unknown> | undefined;
  start: (request: RunRequest) => void;
  /** Takes it back while it is being sent; stops it later. */
  stop: () => void;
  dismiss: () => void;
}

const runSession = () => import("./run-session.ts");

/** `model`: the only one, owner/slug, whose runs are shown; undefined = all. */
export function useRun(runInAddress: number | undefined, model?: string): UseRun {
  const session = useSession();
  const navigate = useNavigate();
  const [run, setRun] = useState<RunState>();
  const [ranWith, setRanWith] = useState<Started>();
  const [found, setFound] = useState<Record<string, unknown>>();
  const latest = useRef<RunState>(NEW_RUN);
  const abort = useRef<AbortController>(undefined);

  const begin = useCallback(() => {
    abort.current?.abort();
    const { signal } = (abort.current = new AbortController());
    const show = (state: RunState) => {
      latest.current = state;
      setRun(state);
    };
    show(NEW_RUN);
    return { session, state: () => latest.current, show, signal };
  }, [session]);

  const setAddress = useCallback(
    (id: string | undefined) =>
      void navigate({
        to: ".",
        search: (search) => ({ ...search, run: id === undefined ? undefined : Number(id) }),
        replace: true,
        resetScroll: false,
        hash: true,
      }),
    [navigate],
  );

  const start = useCallback(
    ({ form, ...request }: RunRequest) => {
      const shown = begin();
      setRanWith(form);
      setFound(undefined);
      void runSession().then(({ startRun }) => startRun(shown, request, setAddress));
    },
    [begin, setAddress],
  );

  useEffect(() => {
    if (!runInAddress || session.state !== "in" || latest.current.taskId === String(runInAddress)) return;
    const shown = begin();
    const taskId = String(runInAddress);
    void runSession().then(({ resumeRun }) => resumeRun(shown, { taskId, model }, setFound));
  }, [runInAddress, session, begin, model]);

  useEffect(() => () => abort.current?.abort(), []);

  const dismiss = useCallback(
    (reason?: unknown) => {
      abort.current?.abort(reason);
      latest.current = NEW_RUN;
      setRun(undefined);
      setAddress(undefined);
    },
    [setAddress],
  );

  return {
    run,
    ranWith,
    found,
    start,
    stop: useCallback(() => {
      if (latest.current.phase === "sending") dismiss(CANCELLED);
      else void runSession().then(({ stopRun }) => stopRun(session, () => latest.current));
    }, [session, dismiss]),
    dismiss: useCallback(() => dismiss(), [dismiss]),
  };
}
