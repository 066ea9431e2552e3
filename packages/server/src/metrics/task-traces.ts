/**
 * The spans of a task on the server: accept, queue wait, assignment, finish, callback. All hang below the accept span, which hangs below the
 * caller's own where it sent a `traceparent`; the worker's spans hang below the assignment (worker/agent/attempt-spans.ts).
 *
 * Which trace a task belongs to is kept in memory only: of a task that was accepted before a restart, what follows has a trace of its own.
 */
import {
  childOf,
  formatTraceparent,
  parseTraceparent,
  spanClock,
  type TraceContext,
  type Tracing,
} from "@modelyard/tracing";

export interface TaskTraces {
  /** A request to Run came in; undefined where nothing is recorded. */
  asked(traceparent: string | undefined): AcceptSpan | undefined;
  /** An attempt was handed back, or lost: the task waits again. */
  queued(taskId: number): void;
  /** An attempt begins; undefined where nothing is recorded. */
  assigning(attempt: AssignedAttempt): AssignmentSpan | undefined;
  /** A worker's last report was taken (or refused); `began` by spanClock. */
  finished(taskId: number, end: { began: number; ok: boolean; exitCode: number }): void;
  /** One attempt at a callback address. */
  called(taskId: number, call: { began: number; status: number | null; tries: number }): void;
}

export interface AcceptSpan {
  /** The model was found: before that its name is only a caller's word. */
  for(model: string): void;
  /** The task got its id: from now on its other spans find their parent. */
  numbered(taskId: number): void;
  /** The request is answered; `error` names the refusal. */
  end(error?: string): void;
}

export interface AssignmentSpan {
  /** For the worker. */
  traceparent: string;
  /** The assignment is on its way. */
  sent(): void;
}

export interface AssignedAttempt {
  taskId: number;
  /** The app that it is a step of; 0 = none. */
  parentId: number;
  /** When the task was accepted, unix milliseconds. */
  createdAt: number;
  epoch: number;
  model: string;
  worker: string;
}

interface Known {
  accept: TraceContext;
  assignment: TraceContext | undefined;
  queuedAt: number | undefined;
}

/** Tasks whose trace is remembered; the oldest are forgotten first. */
const REMEMBERED = 20_000;

export const noTraces: TaskTraces = {
  asked: () => undefined,
  queued() {},
  assigning: () => undefined,
  finished() {},
  called() {},
};

export function createTaskTraces(tracing: Tracing): TaskTraces {
  if (!tracing.isOn) return noTraces;
  const known = new Map<number, Known>();

  function remember(taskId: number, accept: TraceContext): Known {
    const entry: Known = { accept, assignment: undefined, queuedAt: undefined };
    known.delete(taskId);
    known.set(taskId, entry);
    if (known.size > REMEMBERED) known.delete(known.keys().next().value as number);
    return entry;
  }

  return {
    asked(traceparent) {
      const parent = parseTraceparent(traceparent);
      const context = childOf(parent);
      const start = spanClock();
      let task: number | undefined;
      let model: string | undefined;
      return {
        for(name) {
          model = name;
        },
        numbered(taskId) {
          task = taskId;
          remember(taskId, context);
        },
        end(error) {
          const attributes = {
            ...(model === undefined ? {} : { "modelyard.model": model }),
            ...(task === undefined ? {} : { "modelyard.task": String(task) }),
          };
          tracing.span({ name: "accept", kind: "server", context, parent, start, end: spanClock(), attributes, error });
        },
      };
    },
    queued(taskId) {
      const entry = known.get(taskId);
      if (entry) entry.queuedAt = spanClock();
    },
    assigning({ taskId, parentId, createdAt, epoch, model, worker }) {
      const start = spanClock();
      const entry = known.get(taskId) ?? remember(taskId, known.get(parentId)?.accept ?? childOf(undefined));
      const context = childOf(entry.accept);
      entry.assignment = context;
      const attributes = { "modelyard.task": String(taskId), "modelyard.epoch": epoch, "modelyard.model": model };
      return {
        traceparent: formatTraceparent(context),
        sent() {
          const parent = entry.accept;
          const end = spanClock();
          const waiting = childOf(parent);
          const since = Math.min(entry.queuedAt ?? createdAt, start);
          const common = { kind: "internal", parent } as const;
          tracing.span({ ...common, name: "queue wait", context: waiting, start: since, end: start, attributes });
          const to = { ...attributes, "modelyard.worker": worker };
          tracing.span({ ...common, name: "assignment", context, start, end, attributes: to });
        },
      };
    },
    finished(taskId, { began, ok, exitCode }) {
      const entry = known.get(taskId);
      const parent = entry?.assignment ?? entry?.accept;
      tracing.span({
        name: "finish",
        kind: "internal",
        context: childOf(parent),
        parent,
        start: began,
        end: spanClock(),
        attributes: { "modelyard.task": String(taskId), "modelyard.exit_code": exitCode },
        error: ok ? undefined : "stale attempt",
      });
    },
    called(taskId, { began, status, tries }) {
      const parent = known.get(taskId)?.accept;
      const isTaken = status !== null && status >= 200 && status < 300;
      tracing.span({
        name: "callback",
        kind: "client",
        context: childOf(parent),
        parent,
        start: began,
        end: spanClock(),
        attributes: {
          "modelyard.task": String(taskId),
          "modelyard.callback_try": tries,
          ...(status === null ? {} : { "http.response.status_code": status }),
        },
        error: isTaken ? undefined : status === null ? "no answer" : `status ${status}`,
      });
    },
  };
}
