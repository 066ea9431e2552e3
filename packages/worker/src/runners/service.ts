/**
 * Runner `service`: warm processes. Each model version on each set of GPUs has its pools (service-pool.ts), one process each:
 * as many as the manifest keeps warm, else one.
 */
import type { InstalledModel } from "../install/installed-model.ts";
import type { Processes } from "../process/index.ts";
import type { AllowsNetwork } from "./model-sandbox.ts";
import type { Runner, RunResult, RunSpec } from "./runner.ts";
import { ServicePool } from "./service-pool.ts";

export interface ServiceRunnerOptions {
  processes: Processes;
  allowsNetwork: AllowsNetwork;
  tmpDir?: string;
  /** All processes of a version keep ending by themselves (the text says how), or may be tried again (undefined). */
  onCrashLoop?: ((version: string, text: string | undefined) => void) | undefined;
}

interface Version {
  model: InstalledModel;
  /** By GPUs. */
  groups: Map<string, ServicePool[]>;
  /** Of each pool that is in a crash loop, what is said of it. */
  loops: Map<ServicePool, string>;
}

export class ServiceRunner implements Runner {
  readonly #options: ServiceRunnerOptions;
  readonly #versions = new Map<string, Version>();

  constructor(options: ServiceRunnerOptions) {
    this.#options = options;
  }

  run(spec: RunSpec): Promise<RunResult> {
    const { model, gpus } = spec;
    const pools = this.#pools(model, gpus);
    // Where nobody has room, the shortest queue; of equal ones the first, so that the others may fall asleep.
    const pool = pools.reduce((best, other) => (other.load < best.load ? other : best));
    return pool.run(spec);
  }

  /** Starts what the manifest wants kept running, before anybody asks. `runsFolder`: where the model's runs will be. GPUs are assigned by run, so models that need them are kept warm from their first run on. */
  keepWarm(model: InstalledModel, runsFolder: string): void {
    const { runner, resources } = model.manifest;
    if (runner.type !== "service" || runner.warm === 0 || resources.gpus > 0) return;
    for (const pool of this.#pools(model, [])) pool.warmUp(runsFolder);
  }

  /** Versions that are no longer in the catalogue end as soon as their runs have. */
  retire(current: ReadonlySet<string>): void {
    for (const [name, version] of this.#versions) {
      for (const pool of [...version.groups.values()].flat()) pool.retire(!current.has(name));
    }
  }

  async close(): Promise<void> {
    const pools = [...this.#versions.values()].flatMap(({ groups }) => [...groups.values()].flat());
    await Promise.all(pools.map((pool) => pool.close()));
  }

  #pools(model: InstalledModel, gpus: readonly number[]): ServicePool[] {
    this.#forgetEmpty();
    let version = this.#versions.get(model.version);
    if (version === undefined)
      this.#versions.set(model.version, (version = { model, groups: new Map(), loops: new Map() }));
    const key = [...gpus].sort((a, b) => a - b).join(",");
    let pools = version.groups.get(key);
    if (pools === undefined) {
      const { runner } = model.manifest;
      const count = runner.type === "service" ? Math.max(1, runner.warm) : 1;
      pools = Array.from({ length: count }, () => this.#pool(version, gpus));
      version.groups.set(key, pools);
    }
    return pools;
  }

  #pool(version: Version, gpus: readonly number[]): ServicePool {
    const { onCrashLoop, ...options } = this.#options;
    const { model, loops, groups } = version;
    const pool: ServicePool = new ServicePool({
      ...options,
      model,
      gpus,
      onCrashLoop: (text) => {
        const all = [...groups.values()].flat().length;
        const before = loops.size === all;
        if (text === undefined) loops.delete(pool);
        else loops.set(pool, text);
        if (loops.size === all) onCrashLoop?.(model.version, text);
        else if (before) onCrashLoop?.(model.version, undefined);
      },
    });
    return pool;
  }

  #forgetEmpty(): void {
    for (const [name, { groups }] of this.#versions) {
      for (const [key, pools] of groups) if (pools.every(({ empty }) => empty)) groups.delete(key);
      if (groups.size === 0) this.#versions.delete(name);
    }
  }
}
