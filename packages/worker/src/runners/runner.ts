/**
 * The port between the agent (leases, inputs, outputs) and what executes a model.
 * Two implementations: `command` (a process per task) and `service` (a warm process).
 */
import type { InstalledModel } from "../install/installed-model.ts";

export { PlatformFault } from "../process/process-errors.ts";

/** Why a run is being stopped; the first cause wins and is the one reported. */
export type StopReason = "killed" | "timeout" | "lease-lost" | "shutdown" | "disk-limit";

/** One piece of what a run says while it runs, in the order it was said. */
export type RunOutput =
  | { kind: "stdout"; text: string }
  | { kind: "stderr"; text: string }
  /** Numbers as the model gave them; seconds and counts. */
  | {
      kind: "progress";
      percentage: number;
      task?: string;
      step?: number;
      total?: number;
      speed?: number;
      speedType?: string;
      elapsed?: number;
      remaining?: number;
    }
  | { kind: "token"; text: string; thinking: boolean }
  /** What the model says that its price counts; the last one counts. Nothing a caller sees. */
  | ({ kind: "usage" } & ReportedUsage);

export interface ReportedUsage {
  tokens?: number;
  turns?: number;
  usd?: string;
}

export interface RunSpec {
  /** `<task id>.<epoch>`: unique for the attempt. */
  id: string;
  model: InstalledModel;
  /** Inputs by item id; file items are absolute paths (arrays where the item takes several). */
  inputs: Record<string, unknown>;
  /**
   * The task's own scratch folder; holds `input.json`, `in/` and `out/`. The agent makes and removes it. The folder above it holds runs of
   * this model version only: a warm process sees all of that.
   */
  dir: string;
  outputDir: string;
  /** Indexes of the GPUs this run owns; CUDA_VISIBLE_DEVICES is set from it ("" when none). */
  gpus: readonly number[];
  /** W3C Trace Context of the run, where traces are recorded. */
  traceparent?: string | undefined;
  /** Aborted with a StopReason as its reason: TERM, KILL_GRACE_MS, KILL of the whole tree. */
  signal: AbortSignal;
  /** Called synchronously, in order. */
  onOutput(output: RunOutput): void;
  /** Called once, when the model's own work begins (process spawned, or warm process given the run): the bill starts here. */
  onStart(): void;
}

/** How a run ended; nothing of it is alive any more when this is returned. */
export interface RunResult {
  /** Process exit code; 128 + signal number when a signal ended it; 0 = success. */
  exitCode: number;
  /** A sentence for the caller when exitCode is not 0. */
  error?: string;
  /** The whole answer, for models whose output is text and that did not stream it. */
  text?: string;
  /** Set when the run was stopped by us; exitCode is not 0 then. */
  stopped?: StopReason;
}

export interface Runner {
  /** Rejects with PlatformFault (nothing of the run is alive then either) when it is the platform that failed: the attempt is lost, not the task. */
  run(spec: RunSpec): Promise<RunResult>;
  /** Stops warm processes; resolves when nothing is alive. */
  close(): Promise<void>;
}
