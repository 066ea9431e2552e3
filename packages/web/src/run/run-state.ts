/** Folds the frames of a run's socket, and the answers about it, into the run as the page shows it. Pure. */
import { type Frame, STOPPED_BY_CALLER, type Task, type TaskEventType } from "@modelyard/contract";
import type { Remedy, RunState } from "./run.ts";

export type RunAction =
  | { type: "sent"; taskId: string; token: string; wasOver?: boolean }
  /** `share`: of the run's files, 0 to 1. */
  | { type: "uploading"; share: number }
  | { type: "refused"; problem: string; remedy?: Remedy }
  /** It is of this other model. */
  | { type: "elsewhere"; taskId: string; model: string }
  | { type: "frame"; frame: Frame; at: number }
  | { type: "waiting"; task: Task }
  | { type: "steps"; task: Task }
  | { type: "ended"; task: Task }
  | { type: "connection"; connection: RunState["connection"] };

/** Characters of a log that the page keeps; what came before stays in the task's record. */
const LOG_LIMIT = 200_000;

const STAGES: ReadonlySet<TaskEventType> = new Set([
  "task_queue",
  "task_accept",
  "task_preprocess_start",
  "task_assign",
  "task_start",
  "task_postprocess_start",
  "task_postprocess_end",
  "task_cancel",
]);

function appended(log: string, text: string): string {
  const joined = log === "" || log.endsWith("\n") ? log + text : `${log}\n${text}`;
  return joined.length > LOG_LIMIT ? joined.slice(-LOG_LIMIT) : joined;
}

function withStage(state: RunState, type: TaskEventType, at: number): RunState {
  if (!STAGES.has(type)) return state;
  // The first one is the run itself being accepted; a later one means that a worker was lost.
  if (type === "task_queue" && state.stages.length > 1) {
    const retries = state.retries + 1;
    return {
      ...state,
      retries,
      stages: [{ type, at }],
      progress: undefined,
      stdout: "",
      stderr: "",
      thinking: "",
      answer: "",
    };
  }
  if (state.stages.some((stage) => stage.type === type)) return state;
  return {
    ...state,
    stages: [...state.stages, { type, at }],
    waiting: type === "task_queue" ? state.waiting : undefined,
  };
}

function withMessage(state: RunState, { type, message }: Frame): RunState {
  if (message === null || Array.isArray(message)) return state;
  if (typeof message === "string") {
    if (type === "task_error") return { ...state, stderr: appended(state.stderr, message) };
    return type === "task_output" ? { ...state, stdout: appended(state.stdout, message) } : state;
  }
  if ("percentage" in message) {
    const remaining = message.remainingTime === "" ? undefined : Number(message.remainingTime);
    const { task, stepCurrent: step, stepTotal: total } = message;
    return { ...state, progress: { percentage: Number(message.percentage), task, step, total, remaining } };
  }
  if ("isThinking" in message) {
    const { thinking, answer, isThinking } = message;
    return { ...state, thinking: thinking.join("\n"), answer: answer.join("\n"), isThinking };
  }
  // Everything that was printed, at the end: what was missed is filled in.
  const filled = type === "task_error_full" ? { stderr: state.stderr || message.raw } : {};
  const printed = type === "task_output_full" && state.answer === "" ? { stdout: state.stdout || message.raw } : {};
  return {
    ...state,
    ...filled,
    ...printed,
    thinking: message.thinking?.join("\n") || state.thinking,
    answer: message.answer?.join("\n") || state.answer,
  };
}

function withSteps(state: RunState, task: Task): RunState {
  return task.modelyard.steps === null ? state : { ...state, steps: task.modelyard.steps };
}

const STOPS: readonly string[] = Object.values(STOPPED_BY_CALLER);

/** Why it ended. Who looks at the page is mostly the caller that the API speaks of. */
function reasonOf({ modelyard: { endreason } }: Task): string | undefined {
  return endreason !== null && STOPS.includes(endreason) ? "It was stopped." : (endreason ?? undefined);
}

function ended(state: RunState, task: Task): RunState {
  const base = { ...withSteps(state, task), task, outputs: task.outputs, waiting: undefined, isThinking: false };
  if (task.status === "task_cancel") return { ...base, phase: "cancelled", problem: reasonOf(task) };
  if (task.pexit === "0") return { ...base, phase: "done", problem: undefined };
  const said = reasonOf(task) ?? task.debugerror.trim().split("\n").at(-1);
  return { ...base, phase: "failed", problem: said || "The model ended with an error." };
}

export function reduceRun(state: RunState, action: RunAction): RunState {
  switch (action.type) {
    case "sent":
      return {
        ...state,
        phase: "following",
        taskId: action.taskId,
        token: action.token,
        wasOver: action.wasOver ?? false,
        progress: undefined,
      };
    case "uploading":
      return {
        ...state,
        progress: {
          percentage: action.share * 100,
          task: "Sending your files",
          step: "",
          total: "",
          remaining: undefined,
        },
      };
    case "refused":
      return { ...state, phase: "refused", problem: action.problem, remedy: action.remedy, progress: undefined };
    case "elsewhere":
      return { ...state, phase: "refused", taskId: action.taskId, elsewhere: action.model };
    case "connection":
      return { ...state, connection: action.connection };
    case "waiting": {
      const { waitreason, position, estimatedstart } = action.task.modelyard;
      if (waitreason === null) return { ...state, waiting: undefined };
      return { ...state, waiting: { reason: waitreason, position, estimatedStart: estimatedstart } };
    }
    case "steps":
      return withSteps(state, action.task);
    case "ended":
      return ended(state, action.task);
    case "frame": {
      const { frame, at } = action;
      const next = withMessage(withStage(state, frame.type, at), frame);
      return { ...next, seq: frame.seq > state.seq ? frame.seq : state.seq, outputs: frame.outputs ?? next.outputs };
    }
  }
}
