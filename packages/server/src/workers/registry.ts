/** The workers connected to this server, as memory: what each one offers, holds and knows. Leases themselves live in the store. */
import type { Manifest, Outbox, ToWorker } from "@modelyard/contract";

export interface HeldLease {
  epoch: number;
  modelId: number;
  gpus: number;
}

export type ModelState = { state: "missing" | "installing" | "ready" | "unavailable"; reason?: string };

/** One connected worker. What it holds is counted as it changes: dispatching asks for it once per task. */
export class ConnectedWorker {
  /** Made by the worker program at its start; survives reconnects. */
  readonly id: string;
  readonly name: string;
  readonly slots: number;
  readonly gpus: number;
  readonly #messages: Outbox<ToWorker>;
  draining = false;
  /** By model version; a version not named here is taken to be installable. */
  readonly models = new Map<string, ModelState>();
  /** By task id. */
  readonly #leases = new Map<string, HeldLease>();
  readonly #running = new Map<number, number>();
  #gpusInUse = 0;

  constructor(options: { id: string; name: string; slots: number; gpus: number; messages: Outbox<ToWorker> }) {
    this.id = options.id;
    this.name = options.name;
    this.slots = options.slots;
    this.gpus = options.gpus;
    this.#messages = options.messages;
  }

  /** Leaves with the other messages of this turn. */
  send(message: ToWorker): void {
    this.#messages.push(message);
  }

  /** Sends what waits, at once. */
  flush(): void {
    this.#messages.flush();
  }

  get load(): number {
    return this.#leases.size / this.slots;
  }

  get freeSlots(): number {
    return this.slots - this.#leases.size;
  }

  get freeGpus(): number {
    return this.gpus - this.#gpusInUse;
  }

  /** How many runs of the model it has. */
  running(modelId: number): number {
    return this.#running.get(modelId) ?? 0;
  }

  hold(task: string, lease: HeldLease): void {
    this.#leases.set(task, lease);
    this.#count(lease, 1);
  }

  /** Frees the place of this attempt; a later attempt of the same task keeps its own. */
  forget(task: string, epoch: number): void {
    const lease = this.#leases.get(task);
    if (lease?.epoch !== epoch) return;
    this.#leases.delete(task);
    this.#count(lease, -1);
  }

  #count({ modelId, gpus }: HeldLease, change: 1 | -1): void {
    this.#gpusInUse += change * gpus;
    this.#running.set(modelId, this.running(modelId) + change);
  }
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

/** How many more runs of this model the worker may be given now. */
export function roomFor(worker: ConnectedWorker, model: Wanted): number {
  if (worker.draining || worker.models.get(model.version)?.state === "unavailable") return 0;
  const { gpus } = model.manifest.resources;
  const byGpu = gpus === 0 ? Number.POSITIVE_INFINITY : Math.floor(worker.freeGpus / gpus);
  return Math.max(0, Math.min(worker.freeSlots, model.manifest.limits.concurrency - worker.running(model.id), byGpu));
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
  const atLimit = able.some((worker) => !worker.draining && worker.freeSlots > 0);
  return atLimit ? `All places for ${name} are taken.` : "All workers are busy.";
}
