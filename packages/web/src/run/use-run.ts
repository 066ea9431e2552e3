/** The run on a model's page: started here, or found again by the id in the address. */
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import type { FormValues } from "../model/form-values.ts";
import { useSession } from "../session/session-provider.tsx";
import { NEW_RUN, type RunState } from "./run.ts";

export interface RunRequest {
  /** owner/slug as the API's path has it. */
  model: string;
  body: Record<string, unknown>;
  /** The form as it was. */
  values: FormValues;
  isApp: boolean;
}

export interface UseRun {
  run: RunState | undefined;
  /** The form's values that the shown run was started with; undefined for one that was found again. */
  ranWith: FormValues | undefined;
  /** Parameters of a run that was found again, for the form. */
  found: Record<string, unknown> | undefined;
  start: (request: RunRequest) => void;
  stop: () => void;
  dismiss: () => void;
}

const runSession = () => import("./run-session.ts");

export function useRun(runInAddress: number | undefined): UseRun {
  const session = useSession();
  const navigate = useNavigate();
  const [run, setRun] = useState<RunState>();
  const [ranWith, setRanWith] = useState<FormValues>();
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
    ({ values, ...request }: RunRequest) => {
      const shown = begin();
      setRanWith(values);
      setFound(undefined);
      void runSession().then(({ startRun }) => startRun(shown, request, setAddress));
    },
    [begin, setAddress],
  );

  useEffect(() => {
    if (!runInAddress || session.state !== "in" || latest.current.taskId === String(runInAddress)) return;
    const shown = begin();
    void runSession().then(({ resumeRun }) => resumeRun(shown, String(runInAddress), setFound));
  }, [runInAddress, session, begin]);

  useEffect(() => () => abort.current?.abort(), []);

  return {
    run,
    ranWith,
    found,
    start,
    stop: useCallback(() => void runSession().then(({ stopRun }) => stopRun(session, () => latest.current)), [session]),
    dismiss: useCallback(() => {
      abort.current?.abort();
      latest.current = NEW_RUN;
      setRun(undefined);
      setAddress(undefined);
    }, [setAddress]),
  };
}
