/** Why a queued task of a model is not running, as a word and in one sentence for its owner. */
import type { WaitCode } from "@modelyard/contract";
import type { Pause } from "../queue/service.ts";
import { lacking, needOf } from "./capacity.ts";
import { type ConnectedWorker, roomFor, type Wanted } from "./registry.ts";

export interface WaitReason {
  code: WaitCode;
  /** A sentence. */
  text: string;
}

/** What the connected workers lack for this model, all of them; undefined where one of them has it. */
function lack(workers: readonly ConnectedWorker[], model: Wanted): string | undefined {
  const { gpus, vram, memory } = model.manifest.resources;
  const lacks = workers.map(({ capacity }) => lacking(capacity, needOf(model.manifest, capacity)));
  if (lacks.includes(undefined)) return undefined;
  const most = (values: number[]) => Math.max(...values);
  if (lacks.includes("memory")) {
    return `${memory} MiB of memory; the connected workers have at most ${most(workers.map(({ capacity }) => capacity.memory))}`;
  }
  if (lacks.includes("vram")) {
    const largest = most(workers.flatMap(({ capacity }) => capacity.gpus.map((gpu) => gpu.vram)));
    return `${gpus === 1 ? "a GPU" : `${gpus} GPUs`} with ${vram} MiB; the largest of the connected workers has ${largest}`;
  }
  const count = most(workers.map(({ capacity }) => capacity.gpus.length));
  return `${gpus} GPU${gpus === 1 ? "" : "s"}; the connected workers have ${count === 0 ? "none" : `at most ${count}`}`;
}

export function waitReason(
  workers: readonly ConnectedWorker[],
  model: Wanted,
  entry: { state: "waiting" | "ready" | "leased"; pause: Pause | undefined },
): WaitReason {
  const name = `${model.manifest.owner}/${model.manifest.slug}`;
  if (entry.pause)
    return { code: "paused", text: `An operator has paused it${entry.pause.reason && `: ${entry.pause.reason}`}.` };
  if (entry.state === "waiting")
    return { code: "limit", text: "Your other runs have to end first (concurrency limit)." };
  const noworker = (text: string): WaitReason => ({ code: "noworker", text });
  if (workers.length === 0) return noworker("No worker is connected.");
  const missing = lack(workers, model);
  if (missing !== undefined) return noworker(`${name} needs ${missing}.`);
  const large = workers.filter(({ capacity }) => lacking(capacity, needOf(model.manifest, capacity)) === undefined);
  const able = large.filter((worker) => worker.models.get(model.version)?.state !== "unavailable");
  if (able.length === 0) {
    return noworker(`No worker can run ${name}: ${large[0]?.models.get(model.version)?.reason ?? "unknown reason"}`);
  }
  if (able.every((worker) => !worker.open)) return noworker("All workers that can run it are being drained.");
  if (able.some((worker) => roomFor(worker, model) > 0)) return { code: "starting", text: "It is about to start." };
  const atLimit = able.some((worker) => worker.open && worker.running(model.id) >= model.manifest.limits.concurrency);
  return { code: "busy", text: atLimit ? `All places for ${name} are taken.` : "All workers are busy." };
}
