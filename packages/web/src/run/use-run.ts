/** The run on a model's page: started here, or found again by the id in the address. */
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import type { FormValues } from "../model/form-values.ts";
import { useSession } from "../session/session-provider.tsx";
import { announce, toast } from "../ui/toast.tsx";
import { isQueued, NEW_RUN, type RunAction, type RunState, reduceRun } from "./run-state.ts";
import { stageWords } from "./stages.ts";

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
    const controller = new AbortController();
    abort.current = controller;
    latest.current = NEW_RUN;
    setRun(NEW_RUN);
    const dispatch = (action: RunAction) => {
      if (controller.signal.aborted) return;
      const before = latest.current;
      const next = reduceRun(before, action);
      latest.current = next;
      setRun(next);
      const words = stageWords(next);
      if (words !== stageWords(before)) announce(words);
    };
    return { dispatch, signal: controller.signal, state: () => latest.current };
  }, []);

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
    ({ model, body, values, isApp }: RunRequest) => {
      const following = begin();
      setRanWith(values);
      setFound(undefined);
      void (async () => {
        const [{ clientFor }, { follow, sendRun }, { fetchWithProgress }] = await Promise.all([
          import("./client.ts"),
          import("./follow-run.ts"),
          import("./fetch-with-progress.ts"),
        ]);
        const whole = { ...following, client: clientFor(session), isApp };
        const hasFiles = Object.values(body)
          .flat()
          .some((value) => value instanceof Blob);
        const sending = hasFiles
          ? clientFor(
              session,
              fetchWithProgress((share) => following.dispatch({ type: "uploading", share })),
            )
          : whole.client;
        const id = await sendRun({ ...whole, client: sending }, { model, body, key: crypto.randomUUID() });
        if (id === undefined) return;
        setAddress(id);
        await follow(whole, { taskid: id });
      })();
    },
    [begin, session, setAddress],
  );

  useEffect(() => {
    if (!runInAddress || session.state !== "in" || latest.current.taskId === String(runInAddress)) return;
    const following = begin();
    void (async () => {
      const [{ clientFor }, { findRun, follow }] = await Promise.all([
        import("./client.ts"),
        import("./follow-run.ts"),
      ]);
      const whole = { ...following, client: clientFor(session), isApp: false };
      const task = await findRun(whole, String(runInAddress));
      if (!task || following.signal.aborted) return;
      setFound(task.parameters);
      await follow({ ...whole, isApp: task.modelyard.steps !== null }, { taskid: task.id });
    })();
  }, [runInAddress, session, begin]);

  useEffect(() => () => abort.current?.abort(), []);

  return {
    run,
    ranWith,
    found,
    start,
    stop: useCallback(() => {
      const { taskId, token } = latest.current;
      if (!taskId || !token) return;
      void (async () => {
        const { clientFor } = await import("./client.ts");
        const client = clientFor(session);
        try {
          // Between the question and the click it may have begun: then it is stopped instead.
          if (isQueued(latest.current))
            await client.cancel({ taskid: taskId }).catch(() => client.kill({ taskid: taskId }));
          else await client.kill({ taskid: taskId });
        } catch {
          toast("It could not be stopped: it may have ended already.", "bad");
        }
      })();
    }, [session]),
    dismiss: useCallback(() => {
      abort.current?.abort();
      latest.current = NEW_RUN;
      setRun(undefined);
      setAddress(undefined);
    }, [setAddress]),
  };
}
