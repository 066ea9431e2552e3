/** One run as the page shows it: what of it the page needs before there is one. */
import type { Output, Task, TaskEventType } from "@modelyard/contract";

export interface Progress {
  percentage: number;
  task: string;
  step: string;
  total: string;
  /** Seconds that the model says are left; undefined where it does not. */
  remaining: number | undefined;
}

export type AppSteps = NonNullable<Task["modelyard"]["steps"]>;

export interface RunState {
  phase: "sending" | "following" | "done" | "failed" | "cancelled" | "refused";
  taskId: string | undefined;
  token: string | undefined;
  /** Stages in the order they came, each once. A new attempt begins again. */
  stages: { type: TaskEventType; at: number }[];
  /** It had ended before this page knew of it. */
  wasOver: boolean;
  /** Number of the last event seen; a new connection goes on after it. */
  seq: number;
  /** Times the run was taken up again after its worker was lost. */
  retries: number;
  connection: "live" | "lost";
  progress: Progress | undefined;
  stdout: string;
  stderr: string;
  thinking: string;
  answer: string;
  isThinking: boolean;
  outputs: Output[];
  /** Only while it waits; the probable start in unix seconds. */
  waiting: { reason: string; position: number | null; estimatedStart: number | null } | undefined;
  /** The runs of an app's steps, as far as they have been started; undefined for a model. */
  steps: AppSteps | undefined;
  /** The task's record, once it has ended. */
  task: Task | undefined;
  /** Why it was refused or has failed, in a sentence. */
  problem: string | undefined;
  /** What the person can do about a refusal. */
  remedy: Remedy | undefined;
  /** It is of another model, owner/slug, than the one whose page was to show it; then it is not shown. */
  elsewhere: string | undefined;
}

export type Remedy = "sign-in" | "add-money";

export const NEW_RUN: RunState = {
  phase: "sending",
  taskId: undefined,
  token: undefined,
  stages: [],
  wasOver: false,
  seq: 0,
  retries: 0,
  connection: "live",
  progress: undefined,
  stdout: "",
  stderr: "",
  thinking: "",
  answer: "",
  isThinking: false,
  outputs: [],
  waiting: undefined,
  steps: undefined,
  task: undefined,
  problem: undefined,
  remedy: undefined,
  elsewhere: undefined,
};

/** Why a run's signal was aborted, where the person took it back while it was being sent. */
export const CANCELLED = "cancelled";

export function isOver(state: RunState): boolean {
  return state.phase === "done" || state.phase === "failed" || state.phase === "cancelled" || state.phase === "refused";
}

/** Whether it may still be taken back without a process being stopped. */
export function isQueued(state: RunState): boolean {
  return state.phase === "following" && (state.stages.length === 0 || state.stages.at(-1)?.type === "task_queue");
}
