/**
 * Finds the live processes of trees by looking through /proc (Linux). Used by the launcher, and by the worker after a launcher died.
 *
 * A process belongs to a tree when it carries the tree's marker in its environment, is in the session of the tree's first process,
 * or descends from a process that belongs to it. Zombies are dead and are not listed. Costs about 0.1 ms per process on the machine.
 */
import fs from "node:fs";

/** One pass over /proc: pids that carry a marker in `ids`, are in the session `session`, or descend from such a process. */
export function findProcesses(ids: ReadonlySet<string>, session?: number): number[] {
  const members = new Set<number>();
  const parents = new Map<number, number>();
  for (const name of listProc()) {
    const pid = Number(name);
    if (!(pid > 1) || pid === process.pid) continue;
    const stat = readStat(name);
    if (stat === undefined) continue;
    parents.set(pid, stat.ppid);
    if (stat.session === session || ids.has(readMarker(name) ?? "")) members.add(pid);
  }
  for (let grew = members.size > 0; grew; ) {
    grew = false;
    for (const [pid, parent] of parents) {
      if (members.has(parent) && !members.has(pid)) {
        members.add(pid);
        grew = true;
      }
    }
  }
  return [...members];
}

/** Sends a signal to every pid; one that is gone already (or not ours) is no error. */
export function signalAll(pids: Iterable<number>, signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // ESRCH: it ended meanwhile. EPERM: a set-uid program; only its cgroup can reach it.
    }
  }
}

function listProc(): string[] {
  try {
    return fs.readdirSync("/proc");
  } catch {
    return []; // not Linux: the process group is all there is
  }
}

/** Fields 3, 4 and 6 of /proc/<pid>/stat; the name before them may hold anything, also spaces and parentheses. */
function readStat(pid: string): { ppid: number; session: number } | undefined {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ", 4);
  if (fields[0] === "Z" || fields[0] === "X") return undefined;
  return { ppid: Number(fields[1]), session: Number(fields[3]) };
}

const MARKER = /(?:^|\0)MODELYARD_TREE=([0-9a-f]+)/;

function readMarker(pid: string): string | undefined {
  return MARKER.exec(readText(`/proc/${pid}/environ`) ?? "")?.[1];
}

function readText(path: string): string | undefined {
  try {
    return fs.readFileSync(path, "latin1");
  } catch {
    return undefined; // gone meanwhile, or another user's
  }
}

/** A process's own name for itself, "" when it is gone. */
export function nameOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/comm`, "utf8").trimEnd();
  } catch {
    return "";
  }
}
