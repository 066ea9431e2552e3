/**
 * Messages between the worker and its launcher, over the fork IPC channel (JSON).
 * Measured on 2 cores: one IPC round trip 0.28 ms, JSON lines over pipes 0.32 ms and 3 MB more memory in the launcher, so IPC it is.
 *
 * Vocabulary: a *tree* is one spawned process and everything that descends from it, known by its unguessable `id`.
 */

/** Environment variable that marks every process of a tree; its value is the tree's id. */
export const TREE_VARIABLE = "MODELYARD_TREE";

/** How many runs one batch of FIFOs serves (three FIFOs each: stdin, stdout, stderr). */
export const FIFO_BATCH = 64;

export type CgroupKind = "v2" | "v1" | "none";

export interface CgroupHome {
  kind: Exclude<CgroupKind, "none">;
  /** Absolute folder under which this launcher keeps one cgroup per tree. */
  dir: string;
}

/** What the cgroups of one tree allow. */
export interface TreeLimits {
  /** Bytes, swap included. */
  memory: number;
  /** Processes and threads. */
  processes: number;
  cpus: number;
}

/** How often the cgroups of a tree refused or ended something. */
export interface LimitHits {
  /** Processes that were killed because the tree's memory was used up. */
  memory: number;
  /** Processes that could not be started. */
  processes: number;
}

/** A controller whose limits can be set here. */
export type LimitController = "memory" | "pids" | "cpu";

export interface SpawnMessage {
  type: "spawn";
  id: string;
  /** The run's FIFOs are `<fifo>.0`, `.1` and `.2` in the launcher's folder. */
  fifo: number;
  command: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** Set where cgroups can hold them. */
  limits?: TreeLimits;
  /** Opened for reading as descriptors 3, 4 … */
  files?: readonly string[];
  /** The descriptor after `files` is an empty file; its content comes back with `exit`. */
  report?: boolean;
  /** Names (comm) of processes that TERM passes by. */
  wrappers?: readonly string[];
}

export type ToLauncher =
  | SpawnMessage
  /** TERM to the tree, `graceMs`, then KILL. 0 = KILL at once. A second stop can only shorten the grace. */
  | { type: "stop"; id: string; graceMs: number };

export type FromLauncher =
  | { type: "hello"; cgroup: CgroupHome | null; controllers: readonly LimitController[]; limitHomes: readonly string[] }
  /** FIFOs below this number exist. */
  | { type: "fifos"; upTo: number }
  | { type: "spawned"; id: string; pid: number }
  /** `code` is the errno name, e.g. ENOENT. `cwd`: the working directory, not the program, is what is missing. */
  | { type: "failed"; id: string; code: string; message: string; cwd: boolean }
  /** The first process ended and nothing of its tree is alive. */
  | { type: "exit"; id: string; code: number | null; signal: string | null; report: string; hits: LimitHits };
