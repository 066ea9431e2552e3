/** One warm process: started, told its runs, listened to. It knows nothing of queues and restarts (service-pool.ts). */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { LINE_LIMIT, type ServiceMessage, type ServiceRequest } from "@modelyard/contract";
import type { InstalledModel } from "../install/installed-model.ts";
import { giveFolders } from "../isolation/ownership.ts";
import type { ProcessExit, Processes, ProcessHandle } from "../process/index.ts";
import { watchDisk } from "./disk-watch.ts";
import { modelCommand, modelEnvironment } from "./model-environment.ts";
import { modelSandbox } from "./model-sandbox.ts";
import { OutputLines } from "./output-lines.ts";
import { pumpOutput } from "./output-pump.ts";
import { RunOutputBatch } from "./run-output.ts";
import { ServiceLines } from "./service-lines.ts";
import type { ServiceRun } from "./service-run.ts";

export class ServiceProcess {
  /** The runs it works on, by id. */
  readonly runs = new Map<string, ServiceRun>();
  /** It said `ready`. */
  readonly ready: Promise<void>;
  /**
   * It ended, with the last lines of its stderr: of its start, where it was never given a run, or of the run that it had alone. Rejects with PlatformFault.
   */
  readonly ended: Promise<ProcessExit & { lastWords: string }>;
  /** It was given a run: what it says may hold that run's inputs, which no other caller and no log may see. */
  served = false;
  /** We end it: its end is no crash. */
  stopping = false;
  readonly #handle: ProcessHandle;
  readonly #ready = Promise.withResolvers<void>();
  readonly #onRunEnded: (succeeded: boolean) => void;
  /** Keeps the end of stderr. */
  readonly #words = new RunOutputBatch(() => {});
  #outgoing = "";

  private constructor(options: {
    handle: ProcessHandle;
    home: string;
    diskBytes: number;
    onRunEnded: (succeeded: boolean) => void;
  }) {
    const { handle, home, diskBytes, onRunEnded } = options;
    this.#handle = handle;
    this.#onRunEnded = onRunEnded;
    this.ready = this.#ready.promise;
    const stdout = new ServiceLines({
      onMessage: (message) => this.#receive(message),
      onText: (text) => this.#only()?.out.text("stdout", text),
      onLostEnd: (id, why) => this.#lostEnd(id, why),
    });
    const stderr = new OutputLines("stderr", this.#stderrSink(), { json: false });
    pumpOutput(handle.stdout, stdout);
    pumpOutput(handle.stderr, stderr);
    const unwatch = watchDisk({ folder: home, limit: diskBytes, onExceeded: () => this.#diskFull(diskBytes) });
    this.ended = handle.exited
      .finally(() => {
        unwatch();
        stdout.end();
        stderr.end();
        fs.rmSync(home, { recursive: true, force: true });
      })
      .then((exit) => ({ ...exit, lastWords: this.#words.lastWords() }));
    this.ended.catch(() => {});
  }

  /** Throws ProgramError or PlatformFault. `onRunEnded`: it has room for another run, and whether the one before succeeded. */
  static async start(options: {
    processes: Processes;
    model: InstalledModel;
    gpus: readonly number[];
    /** Where the folders of all its runs are, also of those to come. */
    runsFolder: string;
    networkAllowed: boolean;
    tmpDir?: string;
    onRunEnded: (succeeded: boolean) => void;
  }): Promise<ServiceProcess> {
    const { processes, model, gpus, runsFolder, networkAllowed } = options;
    const home = fs.mkdtempSync(path.join(options.tmpDir ?? os.tmpdir(), "modelyard-service-"));
    try {
      const handle = await processes.spawnProcess({
        command: modelCommand(model),
        cwd: model.dir,
        env: modelEnvironment({ model, home, gpus }),
        sandbox: modelSandbox({ model, gpus, writable: [home, runsFolder], owned: [home], networkAllowed }),
      });
      const { diskBytes } = model.manifest.limits;
      return new ServiceProcess({ handle, home, diskBytes, onRunEnded: options.onRunEnded });
    } catch (error) {
      fs.rmSync(home, { recursive: true, force: true });
      throw error;
    }
  }

  run(run: ServiceRun): void {
    const { id, inputs, dir, outputDir, traceparent } = run.spec;
    giveFolders([dir, outputDir], this.#handle.owner);
    const request: ServiceRequest = {
      type: "run",
      id,
      inputs,
      dir,
      outputDir,
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    const line = JSON.stringify(request);
    if (line.length * 3 > LINE_LIMIT && Buffer.byteLength(line) >= LINE_LIMIT) {
      run.finish({
        exitCode: 1,
        error: `the inputs are larger than a warm model takes (${LINE_LIMIT / 1024 / 1024} MiB)`,
      });
      setImmediate(() => this.#onRunEnded(false));
      return;
    }
    // The words of the start, or of the runs before: from here on they are this run's, until another joins it.
    this.#words.forget();
    this.served = true;
    this.runs.set(id, run);
    run.start();
    this.#send(line);
  }

  cancel(id: string): void {
    const request: ServiceRequest = { type: "cancel", id };
    this.#send(JSON.stringify(request));
  }

  stop(graceMs?: number): Promise<void> {
    this.stopping = true;
    this.#handle.stdin.end();
    return this.#handle.stop(graceMs);
  }

  /** Its own folder holds too much: an end that counts as a crash. */
  #diskFull(limit: number): void {
    this.#words.remember(`The process's own folder held more than ${limit} bytes (limits.diskBytes).\n`);
    void this.#handle.stop(0);
  }

  /** Lines of one turn of the event loop go out in one write. */
  #send(line: string): void {
    if (this.#outgoing === "") {
      setImmediate(() => {
        if (this.#handle.stdin.writable) this.#handle.stdin.write(this.#outgoing);
        this.#outgoing = "";
      });
    }
    this.#outgoing += `${line}\n`;
  }

  #receive(message: ServiceMessage): void {
    if (message.type === "ready") {
      this.#ready.resolve();
      return;
    }
    const run = message.id === undefined ? this.#only() : this.runs.get(message.id);
    if (run === undefined) return; // ended meanwhile, or never was
    if (message.type === "done")
      run.finish({ exitCode: 0, ...(message.text === undefined ? {} : { text: message.text }) });
    else if (message.type === "error") run.finish({ exitCode: 1, error: message.message });
    else {
      run.receive(message);
      return;
    }
    this.runs.delete(run.spec.id);
    this.#onRunEnded(message.type === "done");
  }

  /** Without this the run would wait for its time limit, and whoever waits for its place with it. */
  #lostEnd(id: string | undefined, why: string): void {
    const run = id === undefined ? this.#only() : this.runs.get(id);
    if (run === undefined) return;
    run.finish({ exitCode: 1, error: why });
    this.runs.delete(run.spec.id);
    this.#onRunEnded(false);
  }

  /** The run that text without an id belongs to. */
  #only(): ServiceRun | undefined {
    return this.runs.size === 1 ? this.runs.values().next().value : undefined;
  }

  #stderrSink(): ConstructorParameters<typeof OutputLines>[1] {
    return {
      isFull: () => false, // the runs come and go; each drops what is too much for it
      text: (stream, text) => {
        if (this.runs.size <= 1) this.#words.remember(text);
        this.#only()?.out.text(stream, text);
      },
      progress: (progress) => this.#only()?.out.progress(progress),
      token: () => {},
      usage: () => {},
      remember: (text) => this.#words.remember(text),
    };
  }
}
