/** Where this process may make cgroups, and how its cgroups are named. */
import fs from "node:fs";
import path from "node:path";
import { cgroupPids, childCgroups, killCgroup, removeCgroups } from "./cgroup-files.ts";
import type { CgroupHome } from "./protocol.ts";

/**
 * `modelyard-<pid namespace>-<pid>-<start time>`: says exactly which launcher owns it, also across containers and pid reuse.
 * Throws when there is no such process; a zombie, whose new parent may take seconds to reap it, is none.
 */
export function homeName(pid: number): string {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") throw new Error(`process ${pid} is dead`);
  const startTime = fields[19];
  const namespace = fs.readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
  return `modelyard-${namespace}-${pid}-${startTime}`;
}

/** A launcher and its worker that were killed together leave their cgroups, perhaps with processes, to the next launcher. */
export function removeAbandoned(kind: CgroupHome["kind"], origin: string): void {
  const namespace = homeName(process.pid).split("-")[1];
  for (const dir of childCgroups(origin)) {
    const [brand, owner, pid] = path.basename(dir).split("-");
    if (brand !== "modelyard" || owner !== namespace) continue;
    try {
      if (homeName(Number(pid)) === path.basename(dir).replace(/-limits$/, "")) continue; // its launcher lives
    } catch {
      // no such process: abandoned
    }
    for (const child of childCgroups(dir)) if (cgroupPids(child).length > 0) killCgroup(kind, child);
    removeCgroups(dir);
  }
}

/** Where this process's own cgroup of that version (and, on v1, controller) is mounted: its exact folder, else (inside a container) the root of the mount. */
export function ownCgroups(kind: CgroupHome["kind"], controller = "freezer"): string[] {
  try {
    const line = fs
      .readFileSync("/proc/self/cgroup", "utf8")
      .split("\n")
      .find((text) => (kind === "v2" ? text.startsWith("0::") : text.split(":")[1]?.split(",").includes(controller)));
    const own = line?.split(":").slice(2).join(":");
    const mount = fs
      .readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .map((text) => ({ point: text.split(" ")[4] ?? "", type: text.split(" - ")[1]?.split(" ") ?? [] }))
      .find(({ type }) =>
        kind === "v2" ? type[0] === "cgroup2" : type[0] === "cgroup" && type[2]?.split(",").includes(controller),
      );
    if (own === undefined || mount === undefined) return [];
    return [...new Set([path.join(mount.point, own), mount.point])].filter((dir) => fs.existsSync(dir));
  } catch {
    return []; // no /proc: not Linux
  }
}
