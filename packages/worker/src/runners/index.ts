/** The runners of a worker. */
import type { ProgramManifest } from "@modelyard/contract";
import type { InstalledModel } from "../install/installed-model.ts";
import type { Isolation } from "../isolation/sandbox.ts";
import { createProcesses, type Processes } from "../process/index.ts";
import { createCommandRunner } from "./command.ts";
import type { AllowsNetwork } from "./model-sandbox.ts";
import type { Runner } from "./runner.ts";
import { ServiceRunner, type ServiceRunnerOptions } from "./service.ts";

export type { ReportedUsage, Runner, RunOutput, RunResult, RunSpec, StopReason } from "./runner.ts";
export { PlatformFault } from "./runner.ts";

export interface Runners {
  for(type: ProgramManifest["runner"]["type"]): Runner;
  /** Starts the warm processes that the model's manifest asks for; `runsFolder` is where the folders of its runs will be. */
  keepWarm(model: InstalledModel, runsFolder: string): void;
  /** Warm processes of other versions than these end with their last run. */
  retire(current: ReadonlySet<string>): void;
  /** Stops warm processes, then everything that still runs, then the launcher. Nothing is alive afterwards. */
  close(): Promise<void>;
}

export interface RunnersOptions {
  /** Where private folders are made (launcher, homes of warm processes). Default: the system's folder for temporary files. */
  tmpDir?: string;
  /** Default: own processes, closed with the runners. */
  processes?: Processes;
  /** Confines model processes; default: nothing does. Closed by whoever made it. */
  isolation?: Isolation;
  /** Default: no model. */
  allowsNetwork?: AllowsNetwork;
  onCrashLoop?: ServiceRunnerOptions["onCrashLoop"];
}

export function createRunners(options: RunnersOptions = {}): Runners {
  const processes = options.processes ?? createProcesses(options);
  const allowsNetwork = options.allowsNetwork ?? (() => false);
  const service = new ServiceRunner({ ...options, processes, allowsNetwork });
  const runners: Record<ProgramManifest["runner"]["type"], Runner> = {
    command: createCommandRunner(processes, allowsNetwork),
    service,
  };
  return {
    for: (type) => runners[type],
    keepWarm: (model, runsFolder) => service.keepWarm(model, runsFolder),
    retire: (current) => service.retire(current),
    async close() {
      await Promise.all(Object.values(runners).map((runner) => runner.close()));
      await processes.close();
    },
  };
}
