/** The workers connected to this server, as memory: what each one offers, holds and knows. Leases themselves live in the store. */
import type { Manifest, Outbox, ToWorker } from "@modelyard/contract";
import { type Capacity, type Need, needOf, roomBeside } from "./capacity.ts";

export interface HeldLease {
  epoch: number;
  modelId: number;
  need: Need;
  /** Unix milliseconds by this server's clock: for estimates only. */
  since: number;
}

export type ModelState = { state: "missing" | "installing" | "ready" | "unavailable"; reason?: string };

/** One connected worker. What it holds is counted as it changes: dispatching asks for it once per task. */
export class ConnectedWorker {
  /** Made by the worker program at its start; survives reconnects. */
  readonly id: string;
  readonly name: string;
  readonly capacity: Capacity;
  /** Unix milliseconds. */
  readonly connectedAt = Date.now();
  readonly release: string;
  /** Of the token that let it in (workers/tokens.ts). */
  readonly tokenHash: string;
  readonly #messages: Outbox<ToWorker>;
  /** It said that it takes nothing more. */
  draining = false;
  /** Whether it understands `traceparent` in an assignment (since protocol 2). */
  knowsTraces = false;
  /** An operator said so (workers/cordons.ts). */
  cordoned = false;
  /** By model version; a version not named here is taken to be installable. */
  readonly models = new Map<string, ModelState>();
  /** By task id. */
  readonly #leases = new Map<string, HeldLease>();
  readonly #running = new Map<number, number>();
  readonly #used = { slots: 0, memory: 0 };

  constructor(options: {
    id: string;
    name: string;
    release: string;
    tokenHash: string;
    capacity: Capacity;
    messages: Outbox<ToWorker>;
  }) {
    this.id = options.id;
    this.name = options.name;
    this.release = options.release;
    this.tokenHash = options.tokenHash;
    this.capacity = options.capacity;
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

  /** Whether it may be given anything. */
  get open(): boolean {
    return !this.draining && !this.cordoned;
  }

  get load(): number {
    return this.#used.slots / this.capacity.slots;
  }

  get used(): Readonly<{ slots: number; memory: number }> {
    return this.#used;
  }

  get leases(): ReadonlyMap<string, HeldLease> {
    return this.#leases;
  }

  /** How many runs of the model it has. */
  running(modelId: number): number {
    return this.#running.get(modelId) ?? 0;
  }

  /** How many more runs that need this much fit, whatever the model's own limit. */
  fits(need: Need): number {
    return roomBeside(this.capacity, this.#used, this.#needs(), need);
  }

  *#needs(): Iterable<Need> {
    for (const { need } of this.#leases.values()) yield need;
  }

  hold(task: string, lease: { epoch: number; modelId: number; need: Need }): void {
    const held = { ...lease, since: Date.now() };
    this.#leases.set(task, held);
    this.#count(held, 1);
  }

  /** Frees the place of this attempt; a later attempt of the same task keeps its own. */
  forget(task: string, epoch: number): void {
    const lease = this.#leases.get(task);
    if (lease?.epoch !== epoch) return;
    this.#leases.delete(task);
    this.#count(lease, -1);
  }

  #count({ modelId, need }: HeldLease, change: 1 | -1): void {
    this.#used.slots += change * need.slots;
    this.#used.memory += change * need.memory;
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

export interface Wanted {
  id: number;
  version: string;
  manifest: Manifest;
}

/** How many more runs of this model the worker may be given now. */
export function roomFor(worker: ConnectedWorker, model: Wanted): number {
  if (!worker.open || worker.models.get(model.version)?.state === "unavailable") return 0;
  const byModel = model.manifest.limits.concurrency - worker.running(model.id);
  return byModel <= 0 ? 0 : Math.min(byModel, worker.fits(needOf(model.manifest, worker.capacity)));
}

/** Whether one of these workers has said that it has what runs of this version need. Silence is a no. */
export function isInstalled(workers: readonly ConnectedWorker[], version: string): boolean {
  return workers.some(({ models }) => {
    const known = models.get(version);
    return known !== undefined && known.state !== "unavailable";
  });
}
