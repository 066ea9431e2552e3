/** The workers connected to this server, as memory: what each one offers, holds and knows. Leases themselves live in the store. */
import type { Manifest, ToWorker } from "@modelyard/contract";

export interface HeldLease {
  epoch: number;
  modelId: number;
  gpus: number;
}

export interface ConnectedWorker {
  /** Made by the worker program at its start; survives reconnects. */
  id: string;
  name: string;
  slots: number;
  gpus: number;
  draining: boolean;
  /** By task id. */
  leases: Map<string, HeldLease>;
  /** By model version; a version not named here is taken to be installable. */
  models: Map<string, { state: "missing" | "installing" | "ready" | "unavailable"; reason?: string }>;
  send(message: ToWorker): void;
}

export interface Registry {
  add(worker: ConnectedWorker): void;
  /** Removes this very connection; a newer one of the same worker stays. */
  remove(worker: ConnectedWorker): void;
  get(id: string): ConnectedWorker | undefined;
  all(): ConnectedWorker[];
}

export function createRegistry(): Registry {
  const workers = new Map<string, ConnectedWorker>();
  return {
    add: (worker) => workers.set(worker.id, worker),
    remove(worker) {
      if (workers.get(worker.id) === worker) workers.delete(worker.id);
    },
    get: (id) => workers.get(id),
    all: () => [...workers.values()],
  };
}

interface Wanted {
  id: number;
  version: string;
  manifest: Manifest;
}

function gpusInUse(worker: ConnectedWorker): number {
  let sum = 0;
  for (const lease of worker.leases.values()) sum += lease.gpus;
  return sum;
}

/** How many more runs of this model the worker may be given now. */
export function roomFor(worker: ConnectedWorker, model: Wanted): number {
  if (worker.draining || worker.models.get(model.version)?.state === "unavailable") return 0;
  const { gpus } = model.manifest.resources;
  let running = 0;
  for (const lease of worker.leases.values()) if (lease.modelId === model.id) running++;
  const byGpu = gpus === 0 ? Number.POSITIVE_INFINITY : Math.floor((worker.gpus - gpusInUse(worker)) / gpus);
  return Math.max(0, Math.min(worker.slots - worker.leases.size, model.manifest.limits.concurrency - running, byGpu));
}

/** Why a queued task of this model is not running, in one sentence for its owner. */
export function waitReason(workers: readonly ConnectedWorker[], model: Wanted): string {
  const { gpus } = model.manifest.resources;
  const name = `${model.manifest.owner}/${model.manifest.slug}`;
  if (workers.length === 0) return "No worker is connected.";
  const large = workers.filter((worker) => worker.gpus >= gpus);
  if (large.length === 0) {
    const most = Math.max(...workers.map((worker) => worker.gpus));
    return `${name} needs ${gpus} GPU${gpus === 1 ? "" : "s"}; the connected workers have ${most === 0 ? "none" : `at most ${most}`}.`;
  }
  const able = large.filter((worker) => worker.models.get(model.version)?.state !== "unavailable");
  if (able.length === 0) {
    const reason = large[0]?.models.get(model.version)?.reason ?? "";
    return `No worker can run ${name}: ${reason}`;
  }
  if (able.every((worker) => worker.draining)) return "All workers are being drained.";
  if (able.some((worker) => roomFor(worker, model) > 0)) return "It is about to start.";
  const atLimit = able.some((worker) => !worker.draining && worker.leases.size < worker.slots);
  return atLimit ? `All places for ${name} are taken.` : "All workers are busy.";
}
