/** The spans of one attempt, below the server's assignment: install, inputs, start, run, outputs, report. */
import type { Log } from "@modelyard/contract";
import {
  childOf,
  formatTraceparent,
  parseTraceparent,
  spanClock,
  startTracing,
  type TraceContext,
  type Tracing,
} from "@modelyard/tracing";
import type { WorkerConfig } from "../config.ts";

/** Where a worker's spans go; nowhere without an endpoint. */
export function workerTracing(config: WorkerConfig, release: string, log: Log): Promise<Tracing> {
  return startTracing({
    endpoint: config.otlpEndpoint,
    service: "modelyard-worker",
    release,
    instance: config.name,
    onFailure: (message) => log(`traces: ${message}`, { level: "warn" }),
  });
}

export type AttemptSpanName = "install" | "inputs" | "start" | "run" | "outputs" | "report";

export interface AttemptSpans {
  /** For the model's process, so that what it records hangs below the run; undefined where nothing is recorded. */
  readonly runTraceparent: string | undefined;
  /** The work and how long it took; a failure is passed on. */
  around<T>(name: AttemptSpanName, work: () => Promise<T>): Promise<T>;
  /** The model's own work begins: until here it was its start. */
  started(): void;
  /** The runner is done; `error` is a word of ours, such as the reason of a stop. */
  ended(exit: { exitCode: number; stopped: string | undefined }): void;
}

export const noSpans: AttemptSpans = {
  runTraceparent: undefined,
  around: (_name, work) => work(),
  started() {},
  ended() {},
};

export function attemptSpans(
  tracing: Tracing,
  of: { traceparent: string | undefined; task: string; epoch: number; model: string },
): AttemptSpans {
  const parent = parseTraceparent(of.traceparent);
  // The context also reaches the model where this worker itself records nothing: its collector may be another one.
  if (parent === undefined) return noSpans;
  const attributes = { "modelyard.task": of.task, "modelyard.epoch": of.epoch, "modelyard.model": of.model };
  const run = childOf(parent);
  const began = spanClock();
  let startedAt: number | undefined;

  function record(
    name: AttemptSpanName,
    span: { start: number; context?: TraceContext; exitCode?: number; error?: string | undefined },
  ): void {
    const { start, context = childOf(parent), exitCode, error } = span;
    const all = exitCode === undefined ? attributes : { ...attributes, "modelyard.exit_code": exitCode };
    tracing.span({ name, kind: "internal", context, parent, start, end: spanClock(), attributes: all, error });
  }

  let prepared = began;
  return {
    runTraceparent: formatTraceparent(run),
    async around(name, work) {
      const start = spanClock();
      try {
        const result = await work();
        record(name, { start });
        return result;
      } catch (error) {
        // The kind of error only: its text may hold an address or a name of the caller's.
        record(name, { start, error: error instanceof Error ? error.name : "stopped" });
        throw error;
      } finally {
        prepared = spanClock();
      }
    },
    started() {
      record("start", { start: prepared });
      startedAt = spanClock();
    },
    ended({ exitCode, stopped }) {
      if (startedAt === undefined) {
        record("start", { start: prepared, error: stopped ?? `exit code ${exitCode}` });
        return;
      }
      const error = exitCode === 0 ? undefined : (stopped ?? `exit code ${exitCode}`);
      record("run", { start: startedAt, context: run, exitCode, error });
    },
  };
}
