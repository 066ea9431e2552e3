/**
 * What a worker has and what a run needs of it, as pure rules: several models share a machine, and together they never need more
 * than it has. Memory is in MiB.
 */
import type { Gpu, Manifest } from "@modelyard/contract";

export interface Capacity {
  /** Runs at a time, of one processor core each. */
  slots: number;
  memory: number;
  gpus: readonly Gpu[];
}

export interface Need {
  slots: number;
  memory: number;
  gpus: number;
  /** On each of the GPUs. */
  vram: number;
}

/** A run takes a slot for each core it uses; one that wants more cores than there are slots takes all of them. */
export function needOf(manifest: Manifest, capacity: Capacity): Need {
  const { cpu, memory, gpus, vram } = manifest.resources;
  return { slots: Math.min(Math.max(1, Math.ceil(cpu)), capacity.slots), memory, gpus, vram };
}

/** A GPU of unknown size (named by its index only) is taken to be large enough. */
const suits = (gpu: Gpu, vram: number) => gpu.vram === 0 || gpu.vram >= vram;

/** GPUs that are left when each run in `held` has the smallest ones that suit it, the order in which workers give them out. */
function freeGpus(gpus: readonly Gpu[], held: readonly Need[]): Gpu[] {
  const left = [...gpus].sort((a, b) => a.vram - b.vram);
  for (const need of held) {
    for (let n = 0; n < need.gpus; n++) {
      const index = left.findIndex((gpu) => suits(gpu, need.vram));
      if (index >= 0) left.splice(index, 1);
    }
  }
  return left;
}

/** How many more such runs fit beside the ones in `held`. `used` is the sum of what those need. */
export function roomBeside(
  capacity: Capacity,
  used: Pick<Need, "slots" | "memory">,
  held: Iterable<Need>,
  need: Need,
): number {
  const bySlots = Math.floor((capacity.slots - used.slots) / need.slots);
  const byMemory = need.memory === 0 ? bySlots : Math.floor((capacity.memory - used.memory) / need.memory);
  if (need.gpus === 0) return Math.max(0, Math.min(bySlots, byMemory));
  const suitable = freeGpus(capacity.gpus, [...held]).filter((gpu) => suits(gpu, need.vram)).length;
  return Math.max(0, Math.min(bySlots, byMemory, Math.floor(suitable / need.gpus)));
}

/** What of `need` this machine does not have at all, even when empty; undefined where it has everything. */
export function lacking(capacity: Capacity, need: Need): "gpus" | "vram" | "memory" | undefined {
  if (capacity.gpus.length < need.gpus) return "gpus";
  if (capacity.gpus.filter((gpu) => suits(gpu, need.vram)).length < need.gpus) return "vram";
  return capacity.memory < need.memory ? "memory" : undefined;
}
