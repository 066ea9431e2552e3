/** Runner `service`: warm processes, one pool per model version and set of GPUs (service-pool.ts). */
import type { Processes } from "../process/index.ts";
import type { Runner, RunResult, RunSpec } from "./runner.ts";
import { ServicePool } from "./service-pool.ts";

export class ServiceRunner implements Runner {
  readonly #processes: Processes;
  readonly #options: { tmpDir?: string };
  readonly #pools = new Map<string, ServicePool>();

  constructor(processes: Processes, options: { tmpDir?: string } = {}) {
    this.#processes = processes;
    this.#options = options;
  }

  run(spec: RunSpec): Promise<RunResult> {
    const { model, gpus } = spec;
    const key = `${model.owner}/${model.slug}/${model.version} ${[...gpus].sort((a, b) => a - b).join(",")}`;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      for (const [other, { empty }] of this.#pools) if (empty) this.#pools.delete(other);
      pool = new ServicePool({ processes: this.#processes, model, gpus, ...this.#options });
      this.#pools.set(key, pool);
    }
    return pool.run(spec);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }
}
