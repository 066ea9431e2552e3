/**
 * Killing and emptying cgroups through their files, for both versions. A process cannot leave its cgroup by forking, starting a
 * session or clearing its environment, so where cgroups are writable an empty cgroup proves that a tree is dead.
 *
 * v2: `cgroup.kill` (Linux 5.14+) kills all members at once. v1: the freezer stops them first, so that nothing forks in between.
 */
import fs from "node:fs";
import path from "node:path";
import type { CgroupHome } from "./protocol.ts";
import { signalAll } from "./tree-scan.ts";

/** The live members, also those in cgroups that a model made inside its own. */
export function cgroupPids(dir: string): number[] {
  const own = (readIfThere(path.join(dir, "cgroup.procs")) ?? "").split("\n").filter(Boolean).map(Number);
  return own.concat(...childCgroups(dir).map(cgroupPids));
}

/** Whether anything is alive in it. On the path of every run: one file, about 0.01 ms on v2. */
export function isPopulated(kind: CgroupHome["kind"], dir: string): boolean {
  if (kind === "v1") return cgroupPids(dir).length > 0;
  return (readIfThere(path.join(dir, "cgroup.events")) ?? "").includes("populated 1");
}

function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    // Removed: nothing can be in it. ENODEV: removed while it was read.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENODEV") return undefined;
    throw error;
  }
}

/** Sends KILL to all members. They may need some milliseconds more to be gone; look with `isPopulated`. */
export function killCgroup(kind: CgroupHome["kind"], dir: string): void {
  try {
    if (kind === "v2") {
      fs.writeFileSync(path.join(dir, "cgroup.kill"), "1");
      return;
    }
    const state = path.join(dir, "freezer.state");
    fs.writeFileSync(state, "FROZEN");
    try {
      // Usually frozen within a millisecond; a member in uninterruptible sleep may take for ever, so the wait is bounded.
      for (let turn = 0; turn < 200 && fs.readFileSync(state, "utf8").trim() !== "FROZEN"; turn++);
      signalAll(cgroupPids(dir), "SIGKILL");
    } finally {
      fs.writeFileSync(state, "THAWED");
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENODEV") throw error;
  }
}

/** The cgroups directly below `dir`. */
export function childCgroups(dir: string): string[] {
  try {
    const entries = fs.readdirSync(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(dir, entry.name));
  } catch {
    return [];
  }
}

/** Removes a launcher's whole home. False when something is still alive in it (EBUSY). Also removes cgroups that a model made inside its own. */
export function removeCgroups(dir: string): boolean {
  let removed = true;
  for (const child of childCgroups(dir)) removed = removeCgroups(child) && removed;
  try {
    fs.rmdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return false;
  }
  return removed;
}
