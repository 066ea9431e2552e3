/**
 * One attempt of one task on this worker, from the assignment to the acknowledged end:
 * preprocess (install, inputs) → a place → run → postprocess (outputs) → report. The first reason to stop wins.
 */
import {
  type Finish,
  type FromWorker,
  LEFT_OUT,
  type Log,
  type ModelVersion,
  type ProgramManifest,
  type ToWorker,
} from "@modelyard/contract";
import type { Tracing } from "@modelyard/tracing";
import type { InstalledModel } from "../install/installed-model.ts";
import { takeFolders } from "../isolation/ownership.ts";
import type { Processes } from "../process/index.ts";
import { MAX_ENTRIES, watchDisk } from "../runners/disk-watch.ts";
import { PlatformFault, type ReportedUsage, type Runners, type RunResult, type StopReason } from "../runners/index.ts";
import { type AttemptSpans, attemptSpans } from "./attempt-spans.ts";
import { InputError, type InputSources, prepareInputs } from "./inputs.ts";
import { measureUsage } from "./measure.ts";
import { collectOutputs, OutputLimitError, readCollected } from "./outputs.ts";
import type { Places } from "./places.ts";
import { Reporter } from "./reporter.ts";
import type { RunFolder, RunFolders } from "./run-folders.ts";
import type { ServerFiles } from "./server-files.ts";
import { Transcript } from "./transcript.ts";

export type Assignment = Extract<ToWorker, { t: "assign" }>;

export interface AttemptDeps {
  model: ModelVersion;
  /** Makes the model ready, or knows that it is. */
  install: (model: ModelVersion, signal: AbortSignal) => Promise<InstalledModel>;
  runners: Runners;
  /** Confined programs of our own, for looking at a run's files. */
  spawn: Processes["spawnProcess"];
  places: Places;
  files: ServerFiles;
  fetchInput: (url: string, signal: AbortSignal) => ReturnType<InputSources["fetch"]>;
  send: (message: FromWorker) => boolean;
  folders: RunFolders;
  /** The model cannot be made ready on this machine. */
  onInstallFailed: (error: Error) => void;
  log: Log;
  tracing: Tracing;
}

/** How the attempt left this worker. `handed-back`: it must be released to the server. */
export type AttemptEnd = "reported" | "lost" | "handed-back";

const NOTHING = { debugoutput: "", debugerror: "", answer: null, outputs: [], retry: false, elapsedMs: 0 } as const;

export class Attempt {
  readonly task: string;
  readonly epoch: number;
  /** When the lease was last known to be ours, on the monotonic clock. */
  renewedAt = performance.now();
  readonly reporter: Reporter;
  readonly #assignment: Assignment;
  readonly #deps: AttemptDeps;
  readonly #stop = new AbortController();
  readonly #spans: AttemptSpans;
  readonly #transcript = new Transcript();
  #reported: ReportedUsage | undefined;
  #startedAt = 0;
  #endedAt = 0;

  constructor(assignment: Assignment, deps: AttemptDeps) {
    this.task = assignment.task;
    this.epoch = assignment.epoch;
    this.#assignment = assignment;
    this.#deps = deps;
    this.reporter = new Reporter(this.task, this.epoch, deps.send);
    const { owner, slug } = deps.model;
    const { task, epoch, traceparent } = assignment;
    this.#spans = attemptSpans(deps.tracing, { traceparent, task, epoch, model: `${owner}/${slug}` });
  }

  get isLost(): boolean {
    const reason = this.#stop.signal.reason as StopReason | undefined;
    return reason === "killed" || reason === "lease-lost";
  }

  /** The first reason counts. After `killed` and `lease-lost` nothing more is reported. */
  stop(reason: StopReason): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort(reason);
    if (reason === "killed" || reason === "lease-lost") this.reporter.stop();
  }

  /** Nothing of the attempt is alive when this resolves. Never rejects. */
  async execute(): Promise<AttemptEnd> {
    const { folders, model } = this.#deps;
    const folder = folders.take(model.version);
    try {
      this.reporter.finish(await this.#attempt(folder));
    } catch (error) {
      if (this.#stop.signal.reason === "shutdown") {
        this.reporter.stop();
        return "handed-back";
      }
      this.reporter.finish(this.#failure(error));
    } finally {
      folders.give(model.version, folder);
    }
    return (await this.#spans.around("report", () => this.reporter.done)) ? "reported" : "lost";
  }

  async #attempt(folder: RunFolder): Promise<Finish> {
    const { places } = this.#deps;
    const { signal } = this.#stop;
    this.reporter.event("task_preprocess_start");
    const spans = this.#spans;
    const model = await spans.around("install", () => this.#install());
    const inputs = await spans.around("inputs", () => this.#prepare(folder.dir));
    this.reporter.event("task_preprocess_end");
    const gpus = await places.take(this.#assignment.gpus, signal);
    try {
      this.reporter.event("task_assign");
      const result = await this.#run(model, folder, inputs, gpus);
      spans.ended({ exitCode: result.exitCode, stopped: result.stopped });
      if (result.stopped === "shutdown" || result.stopped === "killed" || result.stopped === "lease-lost")
        throw new Error(result.stopped);
      return await spans.around("outputs", () => this.#finish(result, folder, model));
    } finally {
      places.give(gpus);
    }
  }

  #install(): Promise<InstalledModel> {
    const { install, model } = this.#deps;
    return install(model, this.#stop.signal).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#deps.onInstallFailed(error as Error);
      throw new PlatformFault(`The model could not be installed: ${(error as Error).message}`, { cause: error });
    });
  }

  #prepare(dir: string): Promise<Record<string, unknown>> {
    const { inputs, files } = this.#assignment;
    const { signal } = this.#stop;
    const sources: InputSources = {
      stored: (index) => this.#deps.files.input(this.task, this.epoch, index, signal),
      fetch: (url) => this.#deps.fetchInput(url, signal),
    };
    return prepareInputs({ dir, manifest: this.#deps.model.manifest, inputs, files, sources });
  }

  async #run(
    model: InstalledModel,
    folder: RunFolder,
    inputs: Record<string, unknown>,
    gpus: readonly number[],
  ): Promise<RunResult> {
    const { timeout, diskBytes } = model.manifest.limits;
    let timer: NodeJS.Timeout | undefined;
    let unwatch = (): void => {};
    try {
      return await this.#deps.runners.for(model.manifest.runner.type).run({
        id: `${this.task}.${this.epoch}`,
        model,
        inputs,
        dir: folder.dir,
        outputDir: folder.outputDir,
        gpus,
        traceparent: this.#spans.runTraceparent,
        signal: this.#stop.signal,
        onOutput: (output) => {
          if (output.kind === "usage") {
            const { kind: _, ...reported } = output;
            this.#reported = reported;
            return;
          }
          const { type, body } = this.#transcript.take(output);
          this.reporter.event(type, body);
        },
        onStart: () => {
          this.#startedAt = performance.now();
          this.#spans.started();
          this.reporter.event("task_start");
          timer = setTimeout(() => this.stop("timeout"), timeout * 1000);
          unwatch = watchDisk({
            folder: folder.dir,
            limit: diskBytes,
            onExceeded: () => this.stop("disk-limit"),
          });
        },
      });
    } finally {
      clearTimeout(timer);
      unwatch();
      takeFolders([folder.dir, folder.outputDir]);
      this.#endedAt = performance.now();
    }
  }

  async #finish(result: RunResult, folder: RunFolder, model: InstalledModel): Promise<Finish> {
    const { manifest } = this.#deps.model;
    const transcript = this.#transcript;
    if (result.text !== undefined) transcript.answerWith(result.text);
    if (this.#startedAt > 0) {
      this.reporter.event("task_output_full", transcript.full());
      if (transcript.stderr !== "") this.reporter.event("task_error_full", { kind: "full", raw: transcript.stderr });
      this.reporter.event("task_end");
      this.reporter.event("task_postprocess_start");
    }
    const reason = this.#reasonOf(result, manifest.limits);
    const { outputs, leftOut } =
      reason === null && !folder.hasNoOutputs ? await this.#upload(folder.outputDir) : { outputs: [], leftOut: [] };
    const hint = leftOut.length > 0 && `${LEFT_OUT}${leftOut.join(", ")}`;
    const usage = reason === null ? await this.#usage(model, folder) : undefined;
    return {
      ...(usage ? { usage } : {}),
      exitCode: reason === null ? 0 : result.exitCode || 1,
      elapsedMs: this.#elapsed(),
      debugoutput: transcript.debugOutput,
      debugerror:
        reason === null && !hint
          ? transcript.stderr
          : [transcript.stderr.trimEnd(), reason, hint].filter(Boolean).join("\n"),
      answer: reason === null && (manifest.output === "text" || transcript.hasAnswer) ? transcript.answer() : null,
      outputs,
      retry: false,
      reason,
    };
  }

  /** What the price of this run counts. */
  #usage(model: InstalledModel, folder: RunFolder): Promise<Finish["usage"]> {
    const { inputs, files } = this.#assignment;
    const reported = this.#reported;
    return measureUsage({
      model,
      folder,
      inputs,
      files,
      reported,
      signal: this.#stop.signal,
      spawn: this.#deps.spawn,
      log: this.#log,
    });
  }

  /** A line about this task. */
  #log: Log = (message, facts) => {
    const { owner, slug } = this.#deps.model;
    this.#deps.log(`task ${this.task}: ${message}`, { task: this.task, model: `${owner}/${slug}`, ...facts });
  };

  #reasonOf(result: RunResult, { timeout, diskBytes }: ProgramManifest["limits"]): string | null {
    if (result.stopped === "timeout") return `The run was stopped at its time limit of ${timeout} s.`;
    if (result.stopped === "disk-limit")
      return `The run was stopped because its folder held more than ${diskBytes} bytes (limits.diskBytes) or ${MAX_ENTRIES} files.`;
    if (result.exitCode === 0 && !result.stopped) return null;
    return (result.error ?? `The model's process ended with exit code ${result.exitCode}.`).slice(0, 2000);
  }

  #elapsed(): number {
    return this.#startedAt === 0 ? 0 : Math.max(0, this.#endedAt - this.#startedAt);
  }

  async #upload(outputDir: string): Promise<{ outputs: Finish["outputs"]; leftOut: string[] }> {
    const outputs: Finish["outputs"] = [];
    const { files, leftOut } = await collectOutputs(outputDir, this.#deps.model.manifest.limits);
    for (const file of files) {
      try {
        const body = () => readCollected(file);
        const blob = await this.#deps.files.output(this.task, this.epoch, body, file.size, this.#stop.signal);
        outputs.push({ blob, name: file.name, contenttype: "application/octet-stream", size: file.size });
      } finally {
        await file.handle.close();
      }
    }
    return { outputs, leftOut };
  }

  /** What is reported when the attempt did not get as far as a result. */
  #failure(error: unknown): Finish {
    const message = error instanceof Error ? error.message : String(error);
    const ours = !(error instanceof InputError || error instanceof OutputLimitError);
    if (ours) this.#log(message, { level: "warn" });
    const reason = message.slice(0, 2000);
    return {
      ...NOTHING,
      outputs: [],
      exitCode: 1,
      elapsedMs: this.#elapsed(),
      debugerror: reason,
      reason,
      retry: ours,
    };
  }
}
