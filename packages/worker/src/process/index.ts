/** Model processes of a worker: spawned by a launcher, killed as whole trees, dead within a second of the worker's own death. */
import { randomBytes } from "node:crypto";
import { KILL_GRACE_MS } from "@modelyard/contract";
import { Launcher, type LauncherOptions } from "./launcher-process.ts";
import { PlatformFault } from "./process-errors.ts";
import type { ProcessHandle } from "./process-handle.ts";
import type { CgroupKind } from "./protocol.ts";

export { PlatformFault, ProgramError } from "./process-errors.ts";
export type { ProcessExit, ProcessHandle } from "./process-handle.ts";

export interface SpawnSpec {
  /** Program and arguments; no shell is involved. A program without a slash is searched in `env.PATH`. */
  command: readonly string[];
  /** Absolute. */
  cwd: string;
  /** The whole environment of the process; nothing of the worker's own is added (except the marker of the tree). */
  env: Readonly<Record<string, string>>;
}

export interface Processes {
  /** Throws ProgramError (the model's fault) or PlatformFault. */
  spawnProcess(spec: SpawnSpec): Promise<ProcessHandle>;
  /** What the launcher runs with; starts it when it does not run. */
  info(): Promise<{ launcherPid: number; cgroups: CgroupKind }>;
  /** Kills every tree that still runs and ends the launcher. */
  close(): Promise<void>;
}

/** A launcher that died is replaced at the next spawn, but not more often than this within START_WINDOW_MS. */
const MAX_STARTS = 5;
const START_WINDOW_MS = 30_000;

/** Starts nothing yet: the launcher starts with the first spawn or `info` (about 0.15 s). */
export function createProcesses(options: LauncherOptions = {}): Processes {
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

  return {
    async spawnProcess(spec) {
      const id = randomBytes(16).toString("hex");
      return (await current()).spawn({ ...spec, id, graceMs: KILL_GRACE_MS });
    },
    async info() {
      const { pid, cgroup } = await current();
      return { launcherPid: pid, cgroups: cgroup?.kind ?? "none" };
    },
    async close() {
      closed = true;
      await (await launcher?.catch(() => undefined))?.close();
    },
  };
}
