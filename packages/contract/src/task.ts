/**
 * The life of a task as pure data.
 *
 * Vocabulary
 * - *status*: what the wire shows. Nine values are ever stored (wire-contract.md 6).
 * - *event type*: what the task's log and the socket carry; a superset of the statuses.
 * - *attempt*: one lease of the task by one worker, identified by its *epoch* (1, 2, 3 …). A lost attempt sends the task back to `task_queue`.
 * - *terminal*: `task_postprocess_end` or `task_cancel`; nothing leaves a terminal status.
 */
export const TASK_STATUSES = [
  "task_queue",
  "task_accept",
  "task_preprocess_start",
  "task_preprocess_end",
  "task_assign",
  "task_start",
  "task_output",
  "task_postprocess_end",
  "task_cancel",
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** What a list of tasks can be narrowed to: those that go on, and the three ends. */
export const TASK_OUTCOMES = ["active", "done", "failed", "cancelled"] as const;
export type TaskOutcome = (typeof TASK_OUTCOMES)[number];

/** A task ends well with exit code 0; every other end that was not a cancellation is a failure. */
export function taskOutcome(task: { status: TaskStatus; pexit: string }): TaskOutcome {
  if (task.status === "task_cancel") return "cancelled";
  if (task.status !== "task_postprocess_end") return "active";
  return task.pexit === "0" ? "done" : "failed";
}

/** `endreason` of a task that its caller stopped: before it ran, and after. */
export const STOPPED_BY_CALLER = { cancel: "Cancelled by the caller.", kill: "Killed by the caller." } as const;

export const TASK_EVENT_TYPES = [
  "task_queue",
  "task_accept",
  "task_preprocess_start",
  "task_preprocess_end",
  "task_assign",
  "task_start",
  "task_output",
  "task_error",
  "task_output_full",
  "task_error_full",
  "task_end",
  "task_postprocess_start",
  "task_postprocess_end",
  "task_cancel",
] as const;
export type TaskEventType = (typeof TASK_EVENT_TYPES)[number];

/** The events a worker may report; the rest are written by the server itself. */
export const WORKER_EVENT_TYPES = [
  "task_preprocess_start",
  "task_preprocess_end",
  "task_assign",
  "task_start",
  "task_output",
  "task_error",
  "task_output_full",
  "task_error_full",
  "task_end",
  "task_postprocess_start",
] as const;
export type WorkerEventType = (typeof WORKER_EVENT_TYPES)[number];

const RUNNING: readonly TaskStatus[] = [
  "task_accept",
  "task_preprocess_start",
  "task_preprocess_end",
  "task_assign",
  "task_start",
  "task_output",
];

export function isTerminal(status: TaskStatus): boolean {
  return status === "task_postprocess_end" || status === "task_cancel";
}

/**
 * The transition table: event type → from which statuses it is legal, and the status it leads to (`null` = stays).
 * `task_queue` from a running status is a lost attempt going back to the queue; `task_postprocess_end` from any
 * non-terminal status is how an attempt fails before its process ever started.
 */
const TABLE: Record<TaskEventType, { from: readonly TaskStatus[]; to: TaskStatus | null }> = {
  task_queue: { from: RUNNING, to: "task_queue" },
  task_accept: { from: ["task_queue"], to: "task_accept" },
  task_preprocess_start: { from: ["task_accept"], to: "task_preprocess_start" },
  task_preprocess_end: { from: ["task_preprocess_start"], to: "task_preprocess_end" },
  task_assign: { from: ["task_preprocess_end"], to: "task_assign" },
  task_start: { from: ["task_assign"], to: "task_start" },
  task_output: { from: ["task_start", "task_output"], to: "task_output" },
  task_error: { from: ["task_start", "task_output"], to: null },
  task_output_full: { from: ["task_start", "task_output"], to: null },
  task_error_full: { from: ["task_start", "task_output"], to: null },
  task_end: { from: ["task_start", "task_output"], to: null },
  task_postprocess_start: { from: ["task_start", "task_output"], to: null },
  task_postprocess_end: { from: ["task_queue", ...RUNNING], to: "task_postprocess_end" },
  task_cancel: { from: ["task_queue", ...RUNNING], to: "task_cancel" },
};

/** The status after `event`, or `undefined` where the event is not legal in `status`. */
export function nextStatus(status: TaskStatus, event: TaskEventType): TaskStatus | undefined {
  const row = TABLE[event];
  if (!row.from.includes(status)) return undefined;
  return row.to ?? status;
}

/** A lease is lost after this long without a renewal; the database's clock decides. Milliseconds. */
export const LEASE_MS = 15_000;
/** How often a worker renews all its leases. Milliseconds. */
export const HEARTBEAT_MS = 5_000;
/** A worker that could not renew for this long kills its own processes, so that they are dead before the lease ends. */
export const SELF_FENCE_MS = LEASE_MS - HEARTBEAT_MS;
/** How often the server looks for lost leases: a dead worker's task is up for claim again after at most LEASE_MS + SWEEP_MS. */
export const SWEEP_MS = 2_500;
/** Attempts are counted at claim time, so a task that kills its worker cannot loop for ever. */
export const MAX_ATTEMPTS = 3;
/** TERM, then this long, then KILL of the whole tree. Milliseconds. */
export const KILL_GRACE_MS = 5_000;
