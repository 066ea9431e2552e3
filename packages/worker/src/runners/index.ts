/** The runners of a worker. */
import type { Manifest } from "@modelyard/contract";
import { createProcesses, type Processes } from "../process/index.ts";
import { createCommandRunner } from "./command.ts";
import type { Runner } from "./runner.ts";
import { ServiceRunner } from "./service.ts";

export type { Runner, RunOutput, RunResult, RunSpec, StopReason } from "./runner.ts";
export { PlatformFault } from "./runner.ts";

export interface Runners {
  for(type: Manifest["runner"]["type"]): Runner;
  /** Stops warm processes, then everything that still runs, then the launcher. Nothing is alive afterwards. */
  close(): Promise<void>;
}

export interface RunnersOptions {
  /** Where private folders are made (launcher, homes of warm processes). Default: the system's folder for temporary files. */
  tmpDir?: string;
  /** Default: own processes, closed with the runners. */
  processes?: Processes;
}

export function createRunners(options: RunnersOptions = {}): Runners {
  const processes = options.processes ?? createProcesses(options);
  const runners: Record<Manifest["runner"]["type"], Runner> = {
    command: createCommandRunner(processes),
    service: new ServiceRunner(processes, options),
  };
  return {
    for: (type) => runners[type],
    async close() {
      await Promise.all(Object.values(runners).map((runner) => runner.close()));
      await processes.close();
    },
  };
}
