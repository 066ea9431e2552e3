/**
 * The warm process of one model version on one set of GPUs: its queue, its life and its restarts.
 *
 * One process at a time: a second one would need the model's memory a second time, which nobody reserved. Runs beyond the process's
 * concurrency wait. States of the pool: empty → starting → warm → (idle or killed) stopping → empty; a crash leads to empty with a back-off.
 */
import path from "node:path";
import { KILL_GRACE_MS } from "@modelyard/contract";
import type { InstalledModel } from "../install/installed-model.ts";
import { PlatformFault, type ProcessExit, type Processes, ProgramError } from "../process/index.ts";
import { limitText } from "./exit-text.ts";
import { exitCodeOf, STOPPED_EXIT_CODE } from "./model-environment.ts";
import type { AllowsNetwork } from "./model-sandbox.ts";
import type { RunResult, RunSpec, StopReason } from "./runner.ts";
import { ServiceProcess } from "./service-process.ts";
import { ServiceRun } from "./service-run.ts";

/** Runs that may wait for one process; the agent limits runs per model far below this. */
const MAX_QUEUE = 1000;
/** Back-off after the nth crash in a row: 1, 2, 4 … 30 s. */
const BACK_OFF_MS = 1000;
const MAX_BACK_OFF_MS = 30_000;
/** After this many crashes in a row it is a crash loop: runs fail instead of waiting, and no further ones are wanted until the next start. A finished run or CALM_MS of life end the row. */
const CRASH_LOOP = 3;
/** From this many on (half a minute after the first) runs are wanted again, to be told at once what is wrong: nobody waits for ever. */
const GIVEN_UP = 6;
const CALM_MS = 60_000;

export interface PoolOptions {
  processes: Processes;
  model: InstalledModel;
  gpus: readonly number[];
  allowsNetwork: AllowsNetwork;
  tmpDir?: string;
  /** It keeps crashing and wants no runs for now (the text says how it ended), or may be tried again (undefined). */
  onCrashLoop: (text: string | undefined) => void;
}

export class ServicePool {
  readonly #options: PoolOptions;
  readonly #concurrency: number;
  readonly #idleMs: number;
  readonly #startMs: number;
  readonly #queue: ServiceRun[] = [];
  #process: ServiceProcess | undefined;
  /** The process takes runs. */
  #warm = false;
  /** From the beginning of a start until the process is gone. */
  #life: Promise<void> | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  #crashes = 0;
  #lastCrash = "";
  #startAt = 0;
  #warmUpAt = 0;
  #closed = false;
  readonly #keep: boolean;
  #retired = false;
  #looping = false;
  #runsFolder: string | undefined;

  constructor(options: PoolOptions) {
    const { runner } = options.model.manifest;
    if (runner.type !== "service") throw new TypeError("not a service");
    this.#options = options;
    this.#concurrency = runner.concurrency;
    this.#idleMs = runner.idleSeconds * 1000;
    this.#startMs = runner.startSeconds * 1000;
    this.#keep = runner.warm > 0;
  }

  /** Runs that it has and that wait. */
  get load(): number {
    return this.#queue.length + (this.#process?.runs.size ?? 0);
  }

  /** Starts the process although nobody waits for it. */
  warmUp(runsFolder: string): void {
    this.#runsFolder ??= runsFolder;
    this.#pump();
  }

  /** Whether the catalogue has a newer version in its place: then the process ends when its runs have. */
  retire(retired: boolean): void {
    if (this.#retired === retired) return;
    this.#retired = retired;
    this.#pump();
  }

  /** Nothing runs, waits or is remembered: the pool can be forgotten. */
  get empty(): boolean {
    return this.#life === undefined && this.#queue.length === 0 && this.#crashes === 0;
  }

  run(spec: RunSpec): Promise<RunResult> {
    if (spec.signal.aborted)
      return Promise.resolve({ exitCode: STOPPED_EXIT_CODE, stopped: spec.signal.reason as StopReason });
    if (this.#closed) return Promise.reject(new PlatformFault("the worker is shutting down"));
    if (this.#queue.length >= MAX_QUEUE) return Promise.reject(new PlatformFault("too many runs wait for this model"));
    this.#runsFolder ??= path.dirname(spec.dir);
    const run = new ServiceRun(spec, (aborted) => this.#abort(aborted));
    if (this.#crashes >= CRASH_LOOP && performance.now() < this.#startAt) run.finish(this.#crashLoop());
    else {
      this.#queue.push(run);
      this.#pump();
    }
    return run.result;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restartTimer);
    for (const run of this.#queue.splice(0)) run.fail(new PlatformFault("the worker is shutting down"));
    while (this.#life !== undefined) {
      await this.#process?.stop();
      await this.#life;
    }
  }

  /** Moves whatever can move. */
  #pump = (): void => {
    clearTimeout(this.#idleTimer);
    if (this.#isWanted && this.#life === undefined && !this.#closed) this.#start();
    const process = this.#process;
    if (process === undefined || !this.#warm) return;
    while (process.runs.size < this.#concurrency) {
      const run = this.#queue.shift();
      if (run === undefined) break;
      process.run(run);
    }
    if (process.runs.size > 0 || this.#queue.length > 0) return;
    if (this.#retired) this.#end(process);
    else if (!this.#keep) this.#idleTimer = setTimeout(() => this.#end(process), this.#idleMs);
  };

  get #isWanted(): boolean {
    return this.#queue.length > 0 || (this.#keep && !this.#retired && this.#runsFolder !== undefined);
  }

  #end(process: ServiceProcess, graceMs?: number): void {
    this.#warm = false;
    void process.stop(graceMs);
  }

  #start(): void {
    const startAt = this.#queue.length > 0 ? this.#startAt : Math.max(this.#startAt, this.#warmUpAt);
    const wait = startAt - performance.now();
    if (wait > 0) {
      clearTimeout(this.#restartTimer);
      this.#restartTimer = setTimeout(this.#pump, wait);
      return;
    }
    this.#say(undefined);
    this.#life = this.#live().finally(() => {
      this.#life = undefined;
      this.#process = undefined;
      this.#warm = false;
      this.#pump();
    });
  }

  /** One process from start to end. Never rejects. */
  async #live(): Promise<void> {
    const startedAt = performance.now();
    let late = false;
    let process: ServiceProcess;
    try {
      const { model, allowsNetwork } = this.#options;
      const networkAllowed = allowsNetwork(model);
      const runsFolder = this.#runsFolder ?? "";
      process = await ServiceProcess.start({
        ...this.#options,
        runsFolder,
        networkAllowed,
        onRunEnded: this.#runEnded,
      });
    } catch (error) {
      const waiting = this.#queue.splice(0);
      this.#warmUpAt = performance.now() + MAX_BACK_OFF_MS; // a run tries at once
      for (const run of waiting) {
        if (error instanceof ProgramError) run.finish({ exitCode: error.exitCode, error: error.message });
        else run.fail(error as Error);
      }
      return;
    }
    this.#process = process;
    if (this.#closed) void process.stop(0);
    const timer = setTimeout(() => {
      late = true;
      void process.stop(0);
    }, this.#startMs);
    let gone = false;
    void process.ready.then(() => {
      clearTimeout(timer);
      this.#warm = !this.#closed && !gone && !process.stopping;
      this.#pump();
    });
    try {
      const exit = await process.ended.finally(() => {
        gone = true;
        this.#warm = false; // before anything is settled: whoever awaits a result may come with the next run at once
      });
      if (late) this.#crashed(`it was not ready within ${this.#startMs / 1000} s`, process, 1);
      else if (process.stopping) this.#cleared(process);
      else this.#crashed(exit, process, exitCodeOf(exit) || 1, performance.now() - startedAt);
      if (late)
        for (const run of this.#queue.splice(0))
          run.finish({ exitCode: 1, error: `the model was not ready within ${this.#startMs / 1000} s` });
    } catch (fault) {
      for (const run of process.runs.values()) run.fail(fault as Error);
    } finally {
      clearTimeout(timer);
    }
  }

  #runEnded = (succeeded: boolean): void => {
    if (succeeded) {
      this.#crashes = 0;
      this.#say(undefined);
    }
    this.#pump();
  };

  /** It ended by itself: all its runs fail, and the next start waits. */
  #crashed(
    exit: string | (ProcessExit & { lastWords: string }),
    process: ServiceProcess,
    exitCode: number,
    lifeMs = 0,
  ): void {
    const isOwn = !process.served || process.runs.size === 1;
    const how = typeof exit === "string" ? exit : this.#describe(exit, isOwn);
    this.#crashes = lifeMs >= CALM_MS ? 1 : this.#crashes + 1;
    // Later callers, the log and the reason why others wait get the words of a start, never those of somebody's run.
    this.#lastCrash = typeof exit === "string" ? exit : this.#describe(exit, !process.served);
    this.#startAt = performance.now() + Math.min(BACK_OFF_MS * 2 ** (this.#crashes - 1), MAX_BACK_OFF_MS);
    for (const run of process.runs.values())
      run.finish({ exitCode, error: `the model's process ended during the run: ${how}` });
    if (this.#crashes < CRASH_LOOP || this.#closed) return;
    for (const run of this.#queue.splice(0)) run.finish(this.#crashLoop());
    this.#say(this.#crashes < GIVEN_UP ? this.#crashLoop().error : undefined);
    clearTimeout(this.#restartTimer);
    this.#restartTimer = setTimeout(() => {
      // A timer may be a part of a millisecond early: whoever hears that the wait is over must not be told to wait.
      this.#startAt = performance.now();
      this.#say(undefined);
      this.#pump();
    }, this.#startAt - performance.now());
  }

  #say(text: string | undefined): void {
    if (text === undefined && !this.#looping) return;
    this.#looping = text !== undefined;
    this.#options.onCrashLoop(text);
  }

  #describe(exit: ProcessExit & { lastWords: string }, withWords: boolean): string {
    const how = exit.signal === null ? `exit code ${exit.code}` : `killed by signal ${exit.signal}`;
    const limit = limitText(exit, this.#options.model.manifest);
    return [how, limit, withWords ? exit.lastWords : ""].filter(Boolean).join(": ");
  }

  #crashLoop(): RunResult {
    const seconds = Math.max(1, Math.ceil((this.#startAt - performance.now()) / 1000));
    return {
      exitCode: 1,
      error: `crash loop: the model's process ended ${this.#crashes} times in a row (next start in ${seconds} s); last: ${this.#lastCrash}`,
    };
  }

  /** We ended it (idle, shutdown, or a run that did not react to its cancellation): its other runs are innocent. */
  #cleared(process: ServiceProcess): void {
    for (const run of [...process.runs.values()].reverse()) {
      if (run.spec.signal.aborted) run.finish({ exitCode: STOPPED_EXIT_CODE });
      else if (this.#closed) run.fail(new PlatformFault("the worker is shutting down"));
      else if (run.repeated || run.out.spoke)
        run.fail(
          new PlatformFault(
            "the model's process was stopped because another run in it did not react to its cancellation",
          ),
        );
      else {
        run.repeated = true;
        this.#queue.unshift(run);
      }
    }
  }

  #abort(run: ServiceRun): void {
    const at = this.#queue.indexOf(run);
    if (at >= 0) {
      this.#queue.splice(at, 1);
      run.finish({ exitCode: STOPPED_EXIT_CODE });
      return;
    }
    const process = this.#process;
    if (process === undefined) return;
    process.cancel(run.spec.id);
    run.killTimer = setTimeout(() => this.#end(process, 0), KILL_GRACE_MS);
  }
}
