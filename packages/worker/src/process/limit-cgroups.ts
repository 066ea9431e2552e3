/**
 * Cgroups that limit memory, processes and processor time of one tree, where their files can be written: v2, else v1.
 *
 * They are apart from the cgroups that find and kill a tree (cgroup-slots.ts). There the launcher sits in the next tree's cgroup
 * itself; here it must not, or a model that uses up its memory could take the launcher with it. So a shell enters them before it
 * becomes the model's program (`enterCommand`): a process is in its limits before it does anything. Entering costs up to 9 ms.
 */
import fs from "node:fs";
import path from "node:path";
import { cgroupPids, isPopulated, killCgroup, removeCgroups } from "./cgroup-files.ts";
import { homeName, ownCgroups, removeAbandoned } from "./cgroup-mounts.ts";
import type { CgroupHome, LimitController, LimitHits, TreeLimits } from "./protocol.ts";

const CONTROLLERS: readonly LimitController[] = ["memory", "pids", "cpu"];
/** Processes of the sandbox around the model's. */
const WRAPPERS = 4;
const PERIOD_US = 100_000;
/** Of the processor when it is short: a tenth of what the worker itself has. */
const SHARES = { v1: ["cpu.shares", "100"], v2: ["cpu.weight", "10"] } as const;
/** The kernel ends models before anything else when the whole machine is out of memory. */
const OOM_SCORE = 500;
/** `$@`: files to enter by, `--`, the program. A cgroup that cannot be entered ends it: 125 is what no program of ours exits with. */
const ENTER = `echo ${OOM_SCORE} >/proc/self/oom_score_adj; while [ "$1" != -- ]; do echo 0 >"$1" || exit 125; shift; done; shift; exec "$@"`;

interface Home {
  controllers: readonly LimitController[];
  dir: string;
}

export class LimitCgroups {
  readonly #kind: CgroupHome["kind"];
  readonly #homes: readonly Home[];
  #made = 0;

  private constructor(kind: CgroupHome["kind"], homes: readonly Home[]) {
    this.#kind = kind;
    this.#homes = homes;
  }

  /** Decided by trying. Null where nothing can be limited. */
  static open(): LimitCgroups | null {
    const v2 = openV2();
    if (v2 !== undefined) return new LimitCgroups("v2", [v2]);
    const v1 = CONTROLLERS.flatMap((controller) => openV1(controller) ?? []);
    return v1.length > 0 ? new LimitCgroups("v1", v1) : null;
  }

  get controllers(): LimitController[] {
    return this.#homes.flatMap(({ controllers }) => controllers);
  }

  get homes(): string[] {
    return this.#homes.map(({ dir }) => dir);
  }

  create(limits: TreeLimits): TreeLimitCgroups {
    const name = `L${this.#made++}`;
    const dirs = this.#homes.map(({ dir }) => path.join(dir, name));
    for (const [index, { controllers }] of this.#homes.entries()) {
      const dir = dirs[index] as string;
      fs.mkdirSync(dir, { recursive: true });
      for (const controller of controllers) setLimit({ kind: this.#kind, dir, controller, limits });
    }
    return new TreeLimitCgroups(this.#kind, dirs);
  }

  close(): void {
    for (const home of this.homes) removeCgroups(home);
  }
}

/** The limits of one tree. */
export class TreeLimitCgroups {
  readonly #kind: CgroupHome["kind"];
  readonly #dirs: readonly string[];

  constructor(kind: CgroupHome["kind"], dirs: readonly string[]) {
    this.#kind = kind;
    this.#dirs = dirs;
  }

  /** The command that enters them and becomes `command`. */
  enter(command: readonly string[]): string[] {
    const files = this.#dirs.map((dir) => path.join(dir, "cgroup.procs"));
    return ["/bin/sh", "-c", ENTER, "sh", ...files, "--", ...command];
  }

  /** On v2 a process is in one cgroup only, so here is where a tree's members are. */
  pids(): number[] {
    return this.#kind === "v2" ? this.#dirs.flatMap(cgroupPids) : [];
  }

  isEmpty(): boolean {
    return this.#kind === "v1" || this.#dirs.every((dir) => !isPopulated("v2", dir));
  }

  kill(): void {
    if (this.#kind === "v2") for (const dir of this.#dirs) killCgroup("v2", dir);
  }

  hits(): LimitHits {
    const count = (file: string, field: string): number => {
      for (const dir of this.#dirs) {
        try {
          const text = fs.readFileSync(path.join(dir, file), "latin1");
          return Number(new RegExp(`^${field} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
        } catch {
          // not this one's controller
        }
      }
      return 0;
    };
    return {
      memory: count(this.#kind === "v2" ? "memory.events" : "memory.oom_control", "oom_kill"),
      processes: count("pids.events", "max"),
    };
  }

  /** The tree is dead. What the kernel has not let go of yet is removed with the launcher. */
  remove(): void {
    for (const dir of this.#dirs) removeCgroups(dir);
  }
}

function setLimit(options: {
  kind: CgroupHome["kind"];
  dir: string;
  controller: LimitController;
  limits: TreeLimits;
}): void {
  const { kind, dir, controller, limits } = options;
  const write = (file: string, value: string | number) => fs.writeFileSync(path.join(dir, file), String(value));
  const writeIfThere = (file: string, value: string | number) => {
    if (fs.existsSync(path.join(dir, file))) write(file, value);
  };
  switch (controller) {
    case "memory":
      if (kind === "v2") {
        write("memory.max", limits.memory);
        writeIfThere("memory.swap.max", 0);
        writeIfThere("memory.oom.group", 1);
      } else {
        write("memory.limit_in_bytes", limits.memory);
        writeIfThere("memory.memsw.limit_in_bytes", limits.memory);
      }
      return;
    case "pids":
      write("pids.max", limits.processes + WRAPPERS);
      return;
    case "cpu": {
      const quota = Math.ceil(limits.cpus * PERIOD_US);
      if (kind === "v2") write("cpu.max", `${quota} ${PERIOD_US}`);
      else {
        write("cpu.cfs_period_us", PERIOD_US);
        write("cpu.cfs_quota_us", quota);
      }
      const [file, shares] = SHARES[kind];
      writeIfThere(file, shares);
    }
  }
}

/**
 * v2 lets a cgroup hand controllers down only while no process is in it. The cgroup that this process is in has at least this one, so
 * besides it the one above is tried: systemd's `Delegate=yes` with `DelegateSubgroup=` makes it so.
 */
function openV2(): Home | undefined {
  for (const own of ownCgroups("v2")) {
    for (const origin of [own, path.dirname(own)]) {
      const dir = path.join(origin, homeName(process.pid));
      try {
        const offered = fs.readFileSync(path.join(origin, "cgroup.controllers"), "latin1").trim().split(" ");
        const controllers = CONTROLLERS.filter((controller) => offered.includes(controller));
        if (controllers.length === 0) continue;
        const hand = controllers.map((controller) => `+${controller}`).join(" ");
        fs.writeFileSync(path.join(origin, "cgroup.subtree_control"), hand);
        const home = `${dir}-limits`;
        fs.mkdirSync(home);
        fs.writeFileSync(path.join(home, "cgroup.subtree_control"), hand);
        return { controllers, dir: home };
      } catch {
        removeCgroups(`${dir}-limits`);
      }
    }
  }
  return undefined;
}

function openV1(controller: LimitController): Home | undefined {
  for (const origin of ownCgroups("v1", controller)) {
    const dir = path.join(origin, homeName(process.pid));
    try {
      fs.mkdirSync(path.join(dir, "try"), { recursive: true });
      const limits = { memory: 2 ** 30, processes: 100, cpus: 1 };
      setLimit({ kind: "v1", dir: path.join(dir, "try"), controller, limits });
      fs.rmdirSync(path.join(dir, "try"));
      removeAbandoned("v1", origin);
      return { controllers: [controller], dir };
    } catch {
      removeCgroups(dir);
    }
  }
  return undefined;
}
