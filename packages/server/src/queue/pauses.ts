/** Paused models, or the whole queue: waiting tasks keep their places, running ones go on. */
import type { Switched, Switches } from "../db/switches.ts";

export type Pauses = Switches;
export type Pause = Switched;

/** Name of the pause of everything. */
export const WHOLE_QUEUE = "queue";

export const modelPause = (modelId: number): string => `model-${modelId}`;

/** The pause that keeps this model's tasks waiting, the whole queue's first. */
export function pauseOf(pauses: Pauses, modelId: number): Pause | undefined {
  return pauses.get(WHOLE_QUEUE) ?? pauses.get(modelPause(modelId));
}
