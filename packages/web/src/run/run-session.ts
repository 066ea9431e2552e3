/** A run from its start to its end, in the name of who is signed in. Loaded with the first run: it brings the SDK. */
import type { Session } from "../session/session-provider.tsx";
import { announce, toast } from "../ui/toast.tsx";
import { clientFor } from "./client.ts";
import { fetchWithProgress } from "./fetch-with-progress.ts";
import { type Following, findRun, follow, sendRun } from "./follow-run.ts";
import { CANCELLED, isQueued, type RunState } from "./run.ts";
import { type RunAction, reduceRun } from "./run-state.ts";
import { stageWords } from "./stages.ts";

/** Where a run is shown. */
export interface Shown {
  session: Session;
  state: () => RunState;
  show: (state: RunState) => void;
  /** Aborted once another run is shown there, or none; with CANCELLED, where its sending is to end too. */
  signal: AbortSignal;
}

function followingOf({ session, state, show, signal }: Shown, isApp: boolean): Following {
  const dispatch = (action: RunAction) => {
    if (signal.aborted) return;
    const before = state();
    const next = reduceRun(before, action);
    show(next);
    const words = stageWords(next);
    if (words !== stageWords(before)) announce(words);
  };
  return { client: clientFor(session), isApp, dispatch, state, signal };
}

/** Sends a run and follows it to its end. `onSent` is told its id. */
export async function startRun(
  shown: Shown,
  run: { model: string; body: Record<string, unknown>; isApp: boolean },
  onSent: (taskId: string) => void,
): Promise<void> {
  const { model, body, isApp } = run;
  const following = followingOf(shown, isApp);
  const hasFiles = Object.values(body)
    .flat()
    .some((value) => value instanceof Blob);
  const client = hasFiles
    ? clientFor(
        shown.session,
        fetchWithProgress((share) => following.dispatch({ type: "uploading", share }), shown.signal),
      )
    : following.client;
  const taskid = await sendRun({ ...following, client }, { model, body, key: crypto.randomUUID() });
  if (taskid === undefined) return;
  if (shown.signal.reason === CANCELLED) {
    // All of it was sent when it was cancelled: the server has begun it.
    await client.cancel({ taskid }).catch(() => client.kill({ taskid }));
    return;
  }
  onSent(taskid);
  await follow(following, { taskid });
}

/** Takes up a run that was started before and follows it to its end. `onFound` is told its parameters. */
export async function resumeRun(
  shown: Shown,
  { taskId, model }: { taskId: string; model: string | undefined },
  onFound: (parameters: Record<string, unknown>) => void,
): Promise<void> {
  const following = followingOf(shown, false);
  const task = await findRun(following, taskId, model);
  if (!task || shown.signal.aborted) return;
  onFound(task.parameters);
  await follow({ ...following, isApp: task.modelyard.steps !== null }, { taskid: task.id });
}

export async function stopRun(session: Session, state: () => RunState): Promise<void> {
  const { taskId, token } = state();
  if (!taskId || !token) return;
  try {
    const client = clientFor(session);
    // Between the question and the click it may have begun: then it is stopped instead.
    if (isQueued(state())) await client.cancel({ taskid: taskId }).catch(() => client.kill({ taskid: taskId }));
    else await client.kill({ taskid: taskId });
  } catch {
    toast("It could not be stopped: it may have ended already.", "bad");
  }
}
