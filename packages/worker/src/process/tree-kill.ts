/**
 * One tree in the launcher: how it is asked to end, and how it is made sure that nothing of it is left.
 *
 * States: running → (stop: TERM sent, grace runs) → killing → ended. A tree whose first process exits is killed at once, except while a
 * grace runs: then the rest, which got TERM too, has up to AFTER_EXIT_MS to follow.
 */
import type { CgroupSlots } from "./cgroup-slots.ts";
import type { TreeLimitCgroups } from "./limit-cgroups.ts";
import { findProcesses, nameOf, signalAll } from "./tree-scan.ts";

/** After TERM, how long descendants may outlive the first process. Milliseconds; inside the promise of 1 s for a tree that heeds TERM. */
const AFTER_EXIT_MS = 500;
const POLL_MS = 20;
const HAS_PROC = process.platform === "linux";

export interface Exit {
  code: number | null;
  signal: string | null;
}

export class Tree {
  readonly id: string;
  readonly pid: number;
  /** The tree's own cgroup, when there are cgroups. */
  readonly cgroup: string | undefined;
  readonly limits: TreeLimitCgroups | undefined;
  readonly #cgroups: CgroupSlots | null;
  readonly #wrappers: ReadonlySet<string>;
  readonly #onEnded: (exit: Exit) => void;
  #exit: Exit | undefined;
  #killAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #killing: Promise<void> | undefined;

  constructor(options: {
    id: string;
    pid: number;
    cgroups: CgroupSlots | null;
    limits: TreeLimitCgroups | undefined;
    /** Names of processes that TERM passes by: it would end the sandbox around the model at once. */
    wrappers: readonly string[];
    onEnded: (exit: Exit) => void;
  }) {
    this.id = options.id;
    this.pid = options.pid;
    this.limits = options.limits;
    this.#wrappers = new Set(options.wrappers);
    this.#cgroups = options.cgroups;
    this.cgroup = options.cgroups?.current;
    this.#onEnded = options.onEnded;
  }

  /** The first process ended and was reaped. */
  exited(exit: Exit): void {
    this.#exit = exit;
    if (this.#killing !== undefined) return;
    if (this.#killAt === undefined) {
      if (this.#isEmpty()) this.#end();
      else void this.kill();
      return;
    }
    this.#killAt = Math.min(this.#killAt, performance.now() + AFTER_EXIT_MS);
    this.#waitEmpty();
  }

  stop(graceMs: number): void {
    if (this.#killing !== undefined) return;
    if (graceMs <= 0) {
      void this.kill();
      return;
    }
    const killAt = performance.now() + graceMs;
    if (this.#killAt !== undefined) {
      if (killAt >= this.#killAt) return;
      this.#killAt = killAt;
    } else {
      this.#killAt = killAt;
      this.#terminate();
    }
    this.#arm();
  }

  #terminate(): void {
    const pids = this.#find().filter((pid) => this.#wrappers.size === 0 || !this.#wrappers.has(nameOf(pid)));
    signalAll(pids, "SIGTERM");
    signalAll(pids, "SIGCONT"); // a stopped process would not see the TERM
    // A sandbox that is being set up has no program in it yet.
    if (pids.length === 0 && this.#exit === undefined && this.#killing === undefined)
      setTimeout(() => this.#terminate(), POLL_MS);
  }

  /** KILL to all of it until nothing is found; resolves then. */
  kill(): Promise<void> {
    this.#killing ??= this.#killUntilEmpty();
    return this.#killing;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.kill(), Math.max(0, (this.#killAt ?? 0) - performance.now()));
  }

  #waitEmpty(): void {
    clearTimeout(this.#timer);
    if (this.#killing !== undefined) return;
    if (this.#isEmpty()) this.#end();
    else if (performance.now() >= (this.#killAt ?? 0)) void this.kill();
    else this.#timer = setTimeout(() => this.#waitEmpty(), POLL_MS);
  }

  async #killUntilEmpty(): Promise<void> {
    clearTimeout(this.#timer);
    for (let wait = 1; ; wait = Math.min(wait * 2, 100)) {
      try {
        if (this.cgroup !== undefined) this.#cgroups?.kill(this.cgroup);
        this.limits?.kill();
      } catch {
        // the search below still finds what it can
      }
      const pids = this.#find();
      signalAll(pids, "SIGKILL");
      if (pids.length === 0 && this.#exit !== undefined && this.#isEmpty()) break;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    this.#end();
  }

  /** With a cgroup its file decides (0.01 ms); without one /proc is searched (0.1 ms per process on the machine). */
  #isEmpty(): boolean {
    if (this.limits?.isEmpty() === false) return false;
    if (this.cgroup !== undefined && this.#cgroups !== null) return this.#cgroups.isEmpty(this.cgroup);
    return this.#find().length === 0;
  }

  /** Everything known to belong to it: by marker, session, descent and cgroup. */
  #find(): number[] {
    if (!HAS_PROC) return groupLives(this.pid) ? [-this.pid] : [];
    const found = findProcesses(new Set([this.id]), this.pid);
    if (this.cgroup === undefined || this.#cgroups === null) return found;
    return [...new Set([...found, ...this.#cgroups.pids(this.cgroup), ...(this.limits?.pids() ?? [])])];
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#onEnded(this.#exit ?? { code: null, signal: "SIGKILL" });
  }
}

/** Where there is no /proc (macOS) the process group is all that can be reached: a model that starts its own session escapes. */
function groupLives(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}
