/** One run of a warm process, from its arrival to its result. Settled once; what comes later is ignored. */
import type { ServiceMessage } from "@modelyard/contract";
import { STOPPED_EXIT_CODE } from "./model-environment.ts";
import { RunOutputBatch } from "./run-output.ts";
import type { RunResult, RunSpec, StopReason } from "./runner.ts";

export class ServiceRun {
  readonly spec: RunSpec;
  readonly out: RunOutputBatch;
  readonly result: Promise<RunResult>;
  /** It was given to a process that was killed for another run's sake; that happens to a run once. */
  repeated = false;
  /** Ends the process when the run does not react to `cancel`. */
  killTimer: NodeJS.Timeout | undefined;
  readonly #settle = Promise.withResolvers<RunResult>();
  readonly #onAbort: () => void;
  #started = false;
  #settled = false;

  /** `onAbort` is called when the run is to stop and was not settled before. */
  constructor(spec: RunSpec, onAbort: (run: ServiceRun) => void) {
    this.spec = spec;
    this.out = new RunOutputBatch(spec.onOutput);
    this.result = this.#settle.promise;
    this.#onAbort = () => onAbort(this);
    spec.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.spec.onStart();
  }

  receive(message: Extract<ServiceMessage, { type: "progress" | "token" | "usage" | "log" }>): void {
    switch (message.type) {
      case "token":
        this.out.token(message.text, message.thinking ?? false);
        return;
      case "progress": {
        const { type: _, id: __, ...numbers } = message;
        this.out.progress({ kind: "progress", ...numbers });
        return;
      }
      case "usage": {
        const { type: _, id: __, ...reported } = message;
        this.out.usage(reported);
        return;
      }
      case "log":
        this.out.text(message.stream, message.text.endsWith("\n") ? message.text : `${message.text}\n`);
    }
  }

  /** Ends the run; one that we had asked to stop counts as stopped, whatever the model says. */
  finish(result: RunResult): void {
    const { signal } = this.spec;
    if (!this.#close()) return;
    this.#settle.resolve(
      signal.aborted
        ? { exitCode: result.exitCode || STOPPED_EXIT_CODE, stopped: signal.reason as StopReason }
        : result,
    );
  }

  fail(fault: Error): void {
    if (this.spec.signal.aborted) this.finish({ exitCode: STOPPED_EXIT_CODE });
    else if (this.#close()) this.#settle.reject(fault);
  }

  #close(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.killTimer);
    this.spec.signal.removeEventListener("abort", this.#onAbort);
    this.out.flush();
    return true;
  }
}
