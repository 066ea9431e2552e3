/** Tasks that wait for a model which an operator has removed: nothing will ever run them, so they end. */
import type { Tx } from "../db/database.ts";
import type { Models } from "../models/service.ts";
import * as queue from "../queue/service.ts";
import { cancel, type LifecycleDeps } from "../tasks/lifecycle.ts";

/** A run that was being accepted while its model was removed is in the queue by then. */
const LATE_MS = 60_000;

/** Looks for them until the model has no task left; to be called in each sweep. */
export function createRemovedSweep(lifecycle: LifecycleDeps, models: Models): (tx: Tx, limit: number) => Promise<void> {
  const done = new Set<string>();
  return async (tx, limit) => {
    for (const { id, at } of models.removed()) {
      // Removed, added and removed again is another removal.
      const removal = `${id} ${at}`;
      if (done.has(removal)) continue;
      const { waiting, running } = await queue.ofModel(lifecycle.db, tx, id, limit);
      for (const taskId of waiting)
        await cancel(lifecycle, tx, taskId, { onlyQueued: true, reason: "Its model was removed." });
      if (waiting.length === 0 && !running && tx.now - at > LATE_MS) done.add(removal);
    }
  };
}
