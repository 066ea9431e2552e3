/** When a queued run will probably start and end: from how long runs of the model take, and the places that workers have for it. */
import { needOf } from "./capacity.ts";
import type { ConnectedWorker, Wanted } from "./registry.ts";

/** How many runs of the model these workers take at a time when they run nothing else. */
function placesFor(worker: ConnectedWorker, model: Wanted): number {
  if (!worker.open || worker.models.get(model.version)?.state === "unavailable") return 0;
  const { slots, memory } = needOf(model.manifest, worker.capacity);
  const bySlots = Math.floor(worker.capacity.slots / slots);
  const byMemory = memory === 0 ? bySlots : Math.floor(worker.capacity.memory / memory);
  return Math.max(0, Math.min(model.manifest.limits.concurrency, bySlots, byMemory));
}

export interface Estimate {
  /** Unix milliseconds. */
  start: number;
  end: number;
}

/**
 * `ahead`: waiting tasks of the model that come first. `averageMs`: how long a run of it takes; `ownMs`: one like this. Undefined where nobody can run it
 * or nothing is known of its runs. Other models' runs are not looked at, so that it is a guess, and called one.
 */
export function estimate(options: {
  workers: readonly ConnectedWorker[];
  model: Wanted;
  ahead: number;
  averageMs: number | undefined;
  ownMs: number | undefined;
  now: number;
}): Estimate | undefined {
  const { workers, model, ahead, averageMs, ownMs = averageMs, now } = options;
  if (averageMs === undefined || ownMs === undefined) return undefined;
  const places = workers.reduce((sum, worker) => sum + placesFor(worker, model), 0);
  if (places === 0) return undefined;
  /** How long until each place is free, the first one first. */
  const free = workers
    .flatMap((worker) => [...worker.leases.values()].filter(({ modelId }) => modelId === model.id))
    .map(({ since }) => Math.max(0, averageMs - (now - since)))
    .slice(0, places);
  while (free.length < places) free.push(0);
  free.sort((a, b) => a - b);
  const start = now + (free[ahead % places] as number) + Math.floor(ahead / places) * averageMs;
  return { start: Math.round(start), end: Math.round(start + ownMs) };
}
