/** Starting a run and following it to its end, over broken connections and reloads of the page. Loaded with the first run. */
import { isTerminal } from "@modelyard/contract";
import { type Client, ModelyardError, type TaskRef } from "@modelyard/sdk";
import { isOver, type Remedy, type RunState } from "./run.ts";
import type { RunAction } from "./run-state.ts";

/** Pauses between attempts to connect again, in milliseconds; the last one repeats. */
const RECONNECT_MS = [300, 1_000, 3_000, 8_000];
/** How often a waiting task is asked for its place in the queue, in milliseconds. */
const WAITING_MS = 2_000;

export interface Following {
  client: Client;
  /** It is an app: where its steps are is asked for whenever something has happened. */
  isApp: boolean;
  dispatch: (action: RunAction) => void;
  /** The state as it is now. */
  state: () => RunState;
  signal: AbortSignal;
}

const sleep = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** The API's refusals in words for the person at the form. */
export function problemWords(error: unknown): string {
  if (error instanceof Error && error.name === "OutsideError")
    return "You are no member of this organisation any more. Nothing was started.";
  if (isSignedOut(error)) return "Your session has ended. Sign in again; your inputs are kept.";
  if (!(error instanceof ModelyardError)) return "The server could not be reached. Nothing was started; try once more.";
  switch (error.code) {
    case 97: {
      // A cap is no matter of funds: the server's sentence says which one, of the project, the key or the member.
      const cap = /the spend cap of .*/.exec(error.message)?.[0];
      if (cap !== undefined) return `Not started: ${cap}`;
      return "Your wallet does not cover what this run could cost at most. Add funds, or choose inputs that cost less.";
    }
    case 96:
      return error.message;
    default:
      return error.message
        .replace(/^Request (parameter|files) \[(\w+)\]/, "The field $2")
        .replace(/^slug-owner.*|^tool-not.*/, "This model can no longer be run.");
  }
}

/** The session's token was refused, or there is no new one. */
function isSignedOut(error: unknown): boolean {
  return error instanceof ModelyardError
    ? error.code === 99
    : error instanceof Error && error.name === "SignedOutError";
}

/** Undefined where nothing on this server helps: a spend cap is no matter of funds. */
function remedyFor(error: unknown): Remedy | undefined {
  if (isSignedOut(error)) return "sign-in";
  if (!(error instanceof ModelyardError)) return undefined;
  const lacksFunds = error.code === 96 || (error.code === 97 && !error.message.includes("the spend cap of"));
  return lacksFunds ? "add-money" : undefined;
}

/** Sends the run. Resolves to its id, or undefined where it was refused. */
export async function sendRun(
  following: Following,
  run: { model: string; body: Record<string, unknown>; key: string },
): Promise<string | undefined> {
  try {
    const { taskid, socketaccesstoken } = await following.client.run(run.model, run.body, { idempotencyKey: run.key });
    following.dispatch({ type: "sent", taskId: taskid, token: socketaccesstoken });
    return taskid;
  } catch (error) {
    following.dispatch({ type: "refused", problem: problemWords(error), remedy: remedyFor(error) });
    return undefined;
  }
}

/** Takes up a run that was started before, by its id. `model`: the only one, owner/slug, whose runs are shown; undefined = all. */
export async function findRun({ client, dispatch }: Following, taskid: string, model: string | undefined) {
  try {
    const task = await client.detail({ taskid });
    const its = `${task.modelslugowner}/${task.modelslugproject}`;
    if (model !== undefined && model !== its) {
      dispatch({ type: "elsewhere", taskId: task.id, model: its });
      return undefined;
    }
    dispatch({ type: "sent", taskId: task.id, token: task.socketaccesstoken, wasOver: isTerminal(task.status) });
    return task;
  } catch (error) {
    const known = error instanceof ModelyardError && error.code === 1;
    dispatch({
      type: "refused",
      problem: known ? "This run is not one of yours, or it is gone." : problemWords(error),
      remedy: isSignedOut(error) ? "sign-in" : undefined,
    });
    return undefined;
  }
}

/** Follows until the end; asks for the place in the queue while it waits. */
export async function follow(following: Following, ref: TaskRef): Promise<void> {
  const { client, dispatch, state, signal } = following;
  const waiting = watchQueue(following, ref);
  for (let tries = 0; !signal.aborted; tries++) {
    const token = state().token;
    if (!token) return;
    const before = state().seq;
    try {
      for await (const frame of client.events(token, { after: before, signal })) {
        if (state().connection === "lost") dispatch({ type: "connection", connection: "live" });
        dispatch({ type: "frame", frame, at: Date.now() });
        if (following.isApp && !frame.terminal) void showSteps(following, ref);
        if (!frame.terminal) continue;
        dispatch({ type: "ended", task: await client.detail(ref) });
        await waiting;
        return;
      }
    } catch {
      // The socket or the last question failed; what was seen so far stays, and the next attempt goes on after it.
    }
    if (signal.aborted) return;
    if (state().seq > before) tries = 0;
    dispatch({ type: "connection", connection: "lost" });
    await sleep(RECONNECT_MS[Math.min(tries, RECONNECT_MS.length - 1)] ?? 8_000, signal);
  }
}

async function showSteps({ client, dispatch, state, signal }: Following, ref: TaskRef): Promise<void> {
  const task = await client.detail(ref).catch(() => undefined);
  if (task && !signal.aborted && !isOver(state())) dispatch({ type: "steps", task });
}

async function watchQueue(following: Following, ref: TaskRef): Promise<void> {
  const { client, dispatch, state, signal } = following;
  while (!signal.aborted && !isOver(state())) {
    const stage = state().stages.at(-1)?.type;
    // Its steps start and wait without a word of the app's own.
    if (following.isApp) await showSteps(following, ref);
    if (stage === undefined || stage === "task_queue") {
      const task = await client.detail(ref).catch(() => undefined);
      if (task && !signal.aborted && task.status === "task_queue") dispatch({ type: "waiting", task });
    }
    await sleep(WAITING_MS, signal);
  }
}
