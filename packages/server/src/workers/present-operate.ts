/** Queue and workers as operators see them. */
import { priorityOf, type QueueRow, type QueueTask, type WorkerRow } from "@modelyard/contract";
import type { Switched } from "../db/switches.ts";
import type { CatalogueModel, KnownModel } from "../models/service.ts";
import type { Load, Waiting } from "../queue/service.ts";
import type { ConnectedWorker } from "./registry.ts";

const seconds = (ms: number): string => String(Math.floor(ms / 1000));

export function presentSwitched(on: Switched | undefined): { reason: string; since: string } | null {
  return on ? { reason: on.reason, since: seconds(on.since) } : null;
}

/** A model that has left the catalogue may still have tasks: "unknown". */
const named = (model: KnownModel | undefined) => ({
  slugowner: model?.cleanOwner ?? "unknown",
  slugproject: model?.cleanSlug ?? "unknown",
});

export function presentQueue(
  model: KnownModel | undefined,
  loads: readonly Load[],
  paused: Switched | undefined,
): QueueRow {
  const of = (state: Load["state"]) => loads.find((load) => load.state === state);
  return {
    ...named(model),
    ready: String(of("ready")?.n ?? 0),
    waiting: String(of("waiting")?.n ?? 0),
    leased: String(of("leased")?.n ?? 0),
    oldest: seconds(of("ready")?.oldest ?? 0),
    paused: presentSwitched(paused),
  };
}

export function presentWaiting(row: Waiting, model: KnownModel | undefined): QueueTask {
  return {
    taskid: String(row.task_id),
    ...named(model),
    email: row.email,
    priority: priorityOf(Number(row.priority)),
    state: row.state,
    createtime: seconds(Number(row.created_at)),
  };
}

/** Models of which the worker has said nothing are left out, unless it runs them. */
export function presentWorker(
  worker: ConnectedWorker,
  models: readonly CatalogueModel[],
  cordon: Switched | undefined,
): WorkerRow {
  const { id, name, release, connectedAt, capacity, used, leases, draining } = worker;
  return {
    id,
    name,
    release,
    connected: seconds(connectedAt),
    slots: String(capacity.slots),
    slotsused: String(used.slots),
    memory: String(capacity.memory),
    memoryused: String(used.memory),
    gpus: capacity.gpus.map((gpu) => ({ index: String(gpu.index), name: gpu.name, vram: String(gpu.vram) })),
    running: String(leases.size),
    draining,
    cordoned: presentSwitched(cordon),
    models: models
      .filter((model) => worker.models.has(model.version) || worker.running(model.id) > 0)
      .map((model) => {
        const known = worker.models.get(model.version);
        return {
          ...named(model),
          version: model.version,
          state: known?.state ?? "missing",
          reason: known?.reason ?? "",
          running: String(worker.running(model.id)),
        };
      }),
  };
}
