/**
 * The launcher's cgroups, one per tree.
 *
 * Moving a process into a cgroup costs 9 ms when done now and then (the kernel waits for an RCU grace period; 0.1 ms in a burst), creating
 * or removing one 0.03 ms [measured]. So nothing is moved on a run's path: the launcher itself sits in the cgroup of the *next* tree, a
 * process it spawns is born there, and only then the launcher moves on, in the thread pool, while the model already runs. Being born in it
 * also leaves no moment in which the process could fork outside.
 */
import fs from "node:fs";
import path from "node:path";
import { cgroupPids, childCgroups, isPopulated, killCgroup, removeCgroups } from "./cgroup-files.ts";
import { homeName, ownCgroups, removeAbandoned } from "./cgroup-mounts.ts";
import type { CgroupHome, CgroupKind } from "./protocol.ts";
import { signalAll } from "./tree-scan.ts";

/** Emptied cgroups kept for reuse; more than this are removed. */
const SPARE = 64;

export class CgroupSlots {
  readonly home: CgroupHome;
  readonly #origin: string;
  readonly #free: string[] = [];
  #current: string;
  #made = 1;

  private constructor(home: CgroupHome, origin: string, current: string) {
    this.home = home;
    this.#origin = origin;
    this.#current = current;
  }

  /** Decided by trying: the first of v2, v1 (freezer) whose files this process may use, or null. `only` is for tests. */
  static open(only?: CgroupKind): CgroupSlots | null {
    for (const kind of ["v2", "v1"] as const) {
      if (only !== undefined && only !== kind) continue;
      for (const origin of ownCgroups(kind)) {
        const slots = CgroupSlots.#try(kind, origin);
        if (slots !== null) return slots;
      }
    }
    return null;
  }

  static #try(kind: CgroupHome["kind"], origin: string): CgroupSlots | null {
    const dir = path.join(origin, homeName(process.pid));
    const first = path.join(dir, "0");
    try {
      fs.mkdirSync(first, { recursive: true });
      fs.accessSync(path.join(first, kind === "v2" ? "cgroup.kill" : "freezer.state"), fs.constants.W_OK);
      fs.writeFileSync(path.join(first, "cgroup.procs"), "0");
    } catch {
      removeCgroups(dir);
      return null;
    }
    removeAbandoned(kind, origin);
    return new CgroupSlots({ kind, dir }, origin, first);
  }

  /** The cgroup in which a process spawned now is born. Call `advance` before the next spawn. */
  get current(): string {
    return this.#current;
  }

  /** Moves the launcher to an empty cgroup; the one it leaves belongs to the tree that was spawned. */
  async advance(): Promise<void> {
    const next = this.#free.pop() ?? path.join(this.home.dir, String(this.#made++));
    fs.mkdirSync(next, { recursive: true });
    await fs.promises.writeFile(path.join(next, "cgroup.procs"), "0");
    this.#current = next;
  }

  /** The members of a tree's cgroup; the launcher, which may not have left it yet, does not count. */
  pids(dir: string): number[] {
    return cgroupPids(dir).filter((pid) => pid !== process.pid);
  }

  isEmpty(dir: string): boolean {
    return dir === this.#current ? this.pids(dir).length === 0 : !isPopulated(this.home.kind, dir);
  }

  kill(dir: string): void {
    // While the launcher is still in it, killing the cgroup as a whole would be suicide; the caller repeats until it is empty.
    if (dir === this.#current) signalAll(this.pids(dir), "SIGKILL");
    else killCgroup(this.home.kind, dir);
  }

  /** Takes an emptied cgroup back. One the launcher still sits in is safe to keep: it is given out again only after the move. */
  release(dir: string): void {
    for (const child of childCgroups(dir)) removeCgroups(child);
    if (this.#free.length < SPARE && this.isEmpty(dir)) this.#free.push(dir);
    else removeCgroups(dir);
  }

  /** Leaves and removes all; trees must be dead. */
  close(): void {
    try {
      fs.writeFileSync(path.join(this.#origin, "cgroup.procs"), "0");
    } catch {
      // What cannot be removed then is removed by the next launcher on this machine.
    }
    removeCgroups(this.home.dir);
  }
}
