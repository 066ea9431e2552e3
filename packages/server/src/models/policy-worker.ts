/** What workers are told of a model. Pure. */
import type { ProgramManifest } from "@modelyard/contract";

/** Conditions are settled when a run is accepted; workers do not know them, and those of an older release would refuse them. */
export function forWorkers(manifest: ProgramManifest): ProgramManifest {
  const inputs = manifest.inputs.map(({ when: _, items, ...group }) => ({
    ...group,
    items: items.map(({ when: _, ...item }) => item),
  }));
  return { ...manifest, inputs };
}
