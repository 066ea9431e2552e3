/** The worker's side of one launcher process: start, spawn requests, and cleaning up after its death. */
import { type ChildProcess, fork } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { searchPath } from "../environment.ts";
import type { Confined } from "../isolation/sandbox.ts";
import { childCgroups, isPopulated, killCgroup, removeCgroups } from "./cgroup-files.ts";
import { copyLauncher } from "./launcher-copy.ts";
import { PlatformFault, PROGRAM_FAULTS, ProgramError } from "./process-errors.ts";
import { type ProcessHandle, Running, Stdio } from "./process-handle.ts";
import {
  type CgroupHome,
  type CgroupKind,
  type FromLauncher,
  type LimitController,
  type SpawnMessage,
  type ToLauncher,
  TREE_VARIABLE,
} from "./protocol.ts";
import { findProcesses, signalAll } from "./tree-scan.ts";

export interface LauncherOptions {
  /** Where the launcher's private folder is made. Default: the system's folder for temporary files. */
  tmpDir?: string;
  /** Which cgroups to use; default: the best that works. For tests. */
  cgroups?: CgroupKind;
}

/** 16 MB of old space is about five times what it uses; lite mode keeps no compiled code: 50 MB resident after 300 spawns against 61, no slower [measured]. An empty Node has 45. */
const NODE_FLAGS = ["--lite-mode", "--max-semi-space-size=1", "--max-old-space-size=16"];
const START_MS = 10_000;

interface Request extends Omit<SpawnMessage, "type" | "fifo"> {
  graceMs: number;
  /** What the command is confined by. */
  confined: Confined | undefined;
}

export class Launcher {
  /** Resolves when it is gone and everything it had started is dead. */
  readonly died: Promise<void>;
  cgroup: CgroupHome | null = null;
  /** What can be limited per tree. */
  controllers: readonly LimitController[] = [];
  #limitHomes: readonly string[] = [];
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #running = new Map<string, Running>();
  readonly #starting = new Map<string, (message: FromLauncher | PlatformFault) => void>();
  readonly #hello = Promise.withResolvers<void>();
  #fifos = 0;
  #nextFifo = 0;
  #waitingForFifo: (() => void)[] = [];
  #closing = false;
  #dead = false;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.died = promise;
    child.on("message", (message: FromLauncher) => this.#receive(message));
    child.on("error", () => {}); // failed sends; `exit` tells the rest
    child.once("exit", (code, signal) => void this.#afterDeath(signal ?? `exit code ${code}`).then(resolve));
  }

  static async start(options: LauncherOptions): Promise<Launcher> {
    const folder = fs.mkdtempSync(path.join(options.tmpDir ?? os.tmpdir(), "modelyard-"));
    try {
      const child = fork(await copyLauncher(folder), [folder, options.cgroups ?? "auto"], {
        execArgv: NODE_FLAGS,
        // Models can read the environment of their parent process, so there is nothing in it.
        env: { PATH: searchPath() },
        cwd: "/",
        // A session of its own, so that a Ctrl-C in the worker's terminal does not reach it.
        detached: true,
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      const launcher = new Launcher(child, folder);
      const timer = setTimeout(() => child.kill("SIGKILL"), START_MS);
      await launcher.#hello.promise.finally(() => clearTimeout(timer));
      return launcher;
    } catch (error) {
      fs.rmSync(folder, { recursive: true, force: true });
      throw error instanceof PlatformFault
        ? error
        : new PlatformFault("the launcher of model processes could not be started", { cause: error });
    }
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  async spawn(request: Request): Promise<ProcessHandle> {
    const { graceMs, confined, ...spawn } = request;
    const { id, command, env } = spawn;
    while (this.#nextFifo >= this.#fifos && !this.#dead)
      await new Promise<void>((resolve) => this.#waitingForFifo.push(resolve));
    if (this.#dead || this.#closing) throw new PlatformFault("the launcher of model processes died");
    const fifo = this.#nextFifo++;
    const stdio = new Stdio(this.#folder, fifo);
    const { promise, resolve, reject } = Promise.withResolvers<ProcessHandle>();
    // Settled inside the message's own handler, so that an `exit` that follows at once finds the handle.
    this.#starting.set(id, (message) => {
      this.#starting.delete(id);
      if (message instanceof PlatformFault) {
        stdio.close();
        reject(message);
      } else if (message.type === "spawned") {
        const running = new Running({
          pid: message.pid,
          stdio,
          graceMs,
          confined,
          requestStop: (ms) => this.#send({ type: "stop", id, graceMs: ms }),
        });
        this.#running.set(id, running);
        resolve(running);
      } else if (message.type === "failed") {
        stdio.close();
        const ours = message.cwd || PROGRAM_FAULTS[message.code] === undefined;
        reject(
          ours
            ? new PlatformFault(`${command[0]} could not be started: ${message.message}`)
            : new ProgramError(command[0] ?? "", message.code),
        );
      }
    });
    this.#send({ type: "spawn", ...spawn, fifo, env: { [TREE_VARIABLE]: id, ...env } });
    return promise;
  }

  /** Closes the channel: the launcher kills what still runs, cleans up and exits, exactly as when the worker dies. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#child.connected) this.#child.disconnect();
    await this.died;
  }

  #send(message: ToLauncher): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #receive(message: FromLauncher): void {
    switch (message.type) {
      case "hello":
        this.cgroup = message.cgroup;
        this.controllers = message.controllers;
        this.#limitHomes = message.limitHomes;
        this.#hello.resolve();
        return;
      case "fifos": {
        this.#fifos = message.upTo;
        for (const wake of this.#waitingForFifo.splice(0)) wake();
        return;
      }
      case "spawned":
      case "failed":
        this.#starting.get(message.id)?.(message);
        return;
      case "exit":
        this.#running.get(message.id)?.end(message);
        this.#running.delete(message.id);
    }
  }

  /** A launcher that died by itself (killed, out of memory) left its trees alive: the worker kills them, blocking for some milliseconds. */
  async #afterDeath(how: string): Promise<void> {
    this.#dead = true;
    const ids = new Set([...this.#running.keys(), ...this.#starting.keys()]);
    for (let wait = 1; ids.size > 0 || this.cgroup !== null; wait = Math.min(wait * 2, 100)) {
      const pids = findProcesses(ids);
      signalAll(pids, "SIGKILL");
      const populated = this.#killCgroups();
      if (pids.length === 0 && !populated) break;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    fs.rmSync(this.#folder, { recursive: true, force: true });
    const fault = new PlatformFault(
      this.#closing ? "the worker is shutting down" : `the launcher of model processes died (${how})`,
    );
    this.#hello.reject(fault);
    this.#hello.promise.catch(() => {});
    for (const wake of this.#waitingForFifo.splice(0)) wake();
    for (const settle of [...this.#starting.values()]) settle(fault);
    for (const running of this.#running.values()) running.end(fault);
    this.#running.clear();
  }

  /** Whether something is still alive in them. */
  #killCgroups(): boolean {
    if (this.cgroup === null) return false;
    const { kind, dir } = this.cgroup;
    let populated = false;
    const limitCgroups = kind === "v2" ? this.#limitHomes.flatMap(childCgroups) : []; // v1's hold the same processes
    for (const child of [...childCgroups(dir), ...limitCgroups]) {
      if (!isPopulated(kind, child)) continue;
      populated = true;
      killCgroup(kind, child);
    }
    if (!populated) for (const home of [dir, ...this.#limitHomes]) removeCgroups(home);
    return populated;
  }
}
