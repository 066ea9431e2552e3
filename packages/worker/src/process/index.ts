/** Model processes of a worker: spawned by a launcher, killed as whole trees, dead within a second of the worker's own death. */
import { randomBytes } from "node:crypto";
import { KILL_GRACE_MS } from "@modelyard/contract";
import { giveFolders } from "../isolation/ownership.ts";
import type { Command, Isolation, Sandbox } from "../isolation/sandbox.ts";
import { checkExecutable } from "./find-executable.ts";
import { Launcher, type LauncherOptions } from "./launcher-process.ts";
import { PlatformFault, ProgramError } from "./process-errors.ts";
import type { ProcessHandle } from "./process-handle.ts";
import { type CgroupKind, type LimitController, TREE_VARIABLE } from "./protocol.ts";

export { PlatformFault, ProgramError } from "./process-errors.ts";
export type { ProcessExit, ProcessHandle } from "./process-handle.ts";

export interface SpawnSpec extends Command {
  /** Program and arguments; no shell is involved. A program without a slash is searched in `env.PATH`. */
  command: readonly string[];
  /** Absolute. */
  cwd: string;
  /** The whole environment of the process; nothing of the worker's own is added (except the marker of the tree). */
  env: Readonly<Record<string, string>>;
  /** Confined by the worker's isolation; left out: the worker's own rights. */
  sandbox?: Sandbox;
}

export interface ProcessesOptions extends LauncherOptions {
  isolation?: Isolation;
}

export interface Processes {
  /** Throws ProgramError (the model's fault) or PlatformFault. */
  spawnProcess(spec: SpawnSpec): Promise<ProcessHandle>;
  /** The same processes; those with a sandbox are confined by this. */
  confinedBy(isolation: Isolation): Processes;
  /** What the launcher runs with; starts it when it does not run. */
  info(): Promise<{ launcherPid: number; cgroups: CgroupKind; controllers: readonly LimitController[] }>;
  /** Kills every tree that still runs and ends the launcher. */
  close(): Promise<void>;
}

/** A launcher that died is replaced at the next spawn, but not more often than this within START_WINDOW_MS. */
const MAX_STARTS = 5;
const START_WINDOW_MS = 30_000;

/** Starts nothing yet: the launcher starts with the first spawn or `info` (about 0.15 s). */
export function createProcesses(options: ProcessesOptions = {}): Processes {
  let launcher: Promise<Launcher> | undefined;
  let closed = false;
  const starts: number[] = [];

  function current(): Promise<Launcher> {
    if (closed) return Promise.reject(new PlatformFault("the worker is shutting down"));
    if (launcher !== undefined) return launcher;
    const now = performance.now();
    while (starts[0] !== undefined && starts[0] < now - START_WINDOW_MS) starts.shift();
    if (starts.length >= MAX_STARTS)
      return Promise.reject(new PlatformFault("the launcher of model processes keeps dying"));
    starts.push(now);
    const starting = Launcher.start(options);
    launcher = starting;
    const forget = (): void => {
      if (launcher === starting) launcher = undefined;
    };
    starting.then((started) => started.died.then(forget), forget);
    return starting;
  }

  async function spawn(spec: SpawnSpec, isolation: Isolation | undefined): Promise<ProcessHandle> {
    const id = randomBytes(16).toString("hex");
    const launcher = await current();
    const { sandbox, ...program } = spec;
    if (sandbox === undefined || isolation === undefined || isolation.kind === "none")
      return launcher.spawn({ ...program, id, graceMs: KILL_GRACE_MS, confined: undefined });
    checkExecutable(program.command, program.env.PATH);
    const confined = isolation.confine({ ...program, env: { [TREE_VARIABLE]: id, ...program.env } }, sandbox);
    try {
      giveFolders(sandbox.owned, confined.owner);
      const { command, cwd, env, files, report, wrappers } = confined;
      const limits = launcher.controllers.length > 0 ? { limits: sandbox.limits } : {};
      const wrapped = { command, cwd, env, files, report, wrappers, ...limits };
      return await launcher.spawn({ ...wrapped, id, graceMs: KILL_GRACE_MS, confined });
    } catch (error) {
      confined.release();
      // The program inside was looked for before: what cannot be started is the sandbox.
      throw error instanceof ProgramError ? new PlatformFault(`the sandbox: ${error.message}`) : error;
    }
  }

  const withIsolation = (isolation: Isolation | undefined): Processes => ({
    spawnProcess: (spec) => spawn(spec, isolation),
    confinedBy: withIsolation,
    async info() {
      const { pid, cgroup, controllers } = await current();
      return { launcherPid: pid, cgroups: cgroup?.kind ?? "none", controllers };
    },
    async close() {
      closed = true;
      await (await launcher?.catch(() => undefined))?.close();
    },
  });
  return withIsolation(options.isolation);
}
