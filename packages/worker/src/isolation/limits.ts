/** From a manifest to what a process tree may use. Pure. */
import type { ProgramManifest } from "@modelyard/contract";
import type { ProcessLimits } from "./sandbox.ts";

const MIB = 2 ** 20;
/** MiB. Where the author named no limit: twice what the model says it needs, and never less than what a runtime with a few packages takes. */
const LEAST_MEMORY = 1024;
/** Cores; less than one makes a program's start crawl. */
const LEAST_CPUS = 1;

export function processLimits({ resources, limits }: Pick<ProgramManifest, "resources" | "limits">): ProcessLimits {
  return {
    memory: (limits.memory ?? Math.max(LEAST_MEMORY, 2 * resources.memory)) * MIB,
    processes: limits.processes,
    cpus: Math.max(LEAST_CPUS, resources.cpu),
    file: limits.diskBytes,
  };
}

/** What holds the limits on this machine, for the operator. */
export function limitsText(controllers: readonly string[]): string {
  const missing = ["memory", "pids", "cpu"].filter((controller) => !controllers.includes(controller));
  if (missing.length === 0) return "cgroups limit memory, processes and processor time";
  if (controllers.length === 0)
    return "no cgroup can be written: memory is limited for each process alone, processor time not at all";
  return `cgroups limit ${controllers.join(" and ")}; not ${missing.join(" and ")}`;
}
