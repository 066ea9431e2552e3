/**
 * The port between what runs models (runners) and what confines them. Four drivers in three kinds: `none`, `bubblewrap`, and
 * `container` (docker and podman by their command lines, runc by a bundle). One contract suite: isolation.test.ts.
 *
 * Paths are the same inside and outside, so that a manifest's command, WEIGHTS_DIR and a warm process's messages mean one thing.
 */

export type IsolationKind = "none" | "bubblewrap" | "container";

/** What a process may see and use, beyond the system's programs. All paths absolute. */
export interface Sandbox {
  /** Folders and files to be seen and not changed. One that does not exist is left out. */
  readOnly: readonly string[];
  /** Folders that may be written; mounted after `readOnly`, before `sealed`. */
  writable: readonly string[];
  /** Folders and files inside `writable` that must not be changed. One that does not exist is left out. */
  sealed: readonly string[];
  /** Folders that are given to the process's account before it starts; all of them lie in `writable`. */
  owned: readonly string[];
  /** Indexes of the NVIDIA GPUs whose devices are there. */
  gpus: readonly number[];
  /** The host's network, instead of none at all. */
  network: boolean;
  limits: ProcessLimits;
}

/** What one process tree may use. */
export interface ProcessLimits {
  /** Bytes of memory of the whole tree, what it keeps in /tmp and /dev/shm included. */
  memory: number;
  /** Processes and threads at a time. */
  processes: number;
  /** Processor cores. */
  cpus: number;
  /** Bytes of one file. */
  file: number;
}

export interface Command {
  command: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
}

export interface Owner {
  uid: number;
  gid: number;
}

/** How a confined program ended: `faults` are the sandbox's own failures, which are no fault of the model. */
export type Verdict = { kind: "ended"; code: number | null; signal: string | null } | { kind: "fault"; reason: string };

/** A command line that runs the program confined, and what is needed around it. */
export interface Confined extends Command {
  /** Files that the command expects open for reading as descriptors 3, 4 … */
  files: readonly string[];
  /** The command expects a descriptor after `files` on which it reports; what it wrote is given to `judge`. */
  report: boolean;
  /** Names (comm) of the driver's own processes around the model's: TERM must not reach them, it would end the sandbox at once. */
  wrappers: readonly string[];
  /** Who the program is outside of the sandbox: owner of the folders it may write. Undefined: the worker's own account. */
  owner: Owner | undefined;
  judge(exit: { code: number | null; signal: string | null; report: string }): Verdict;
  /** Gives back what was set aside for this process; call once, when all of it is dead. */
  release(): void;
}

export interface Isolation {
  readonly kind: IsolationKind;
  /** One line for the operator: what confines models, or why nothing does. */
  readonly text: string;
  /** Whether models without `network: true` really have none. */
  readonly hidesNetwork: boolean;
  confine(command: Command, sandbox: Sandbox): Confined;
  /** Removes the driver's files. Nothing confined by it may run any more. */
  close(): void;
}
