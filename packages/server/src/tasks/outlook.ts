/** Where a task that has not ended stands, why it waits, and when it may end. */
import { isTerminal } from "@modelyard/contract";
import type { Database } from "../db/database.ts";
import type { CatalogueModel } from "../models/service.ts";
import type { ModelStats } from "../models/stats.ts";
import * as queue from "../queue/service.ts";
import { estimate } from "../workers/estimate.ts";
import type { ConnectedWorker } from "../workers/registry.ts";
import { waitReason } from "../workers/wait-reason.ts";
import type { Outlook } from "./present.ts";
import type { TaskRow } from "./store.ts";

interface OutlookDeps {
  db: Database;
  stats: ModelStats;
  pauses: queue.Pauses;
  workers: () => ConnectedWorker[];
}

/** How long a run of the model takes, from those that succeeded. */
function averageMs(stats: ModelStats, model: CatalogueModel): number | undefined {
  const { elapsed, successes } = stats.of(model.id);
  return successes === 0 ? undefined : elapsed / successes / 10;
}

/** Undefined for a task that has ended. */
export async function outlookOf(
  { db, stats, pauses, workers }: OutlookDeps,
  row: TaskRow,
  model: CatalogueModel,
): Promise<Outlook | undefined> {
  if (isTerminal(row.status)) return undefined;
  const typical = stats.timesOf(model.id, row.likeness);
  const ownMs = typical && typical.p50 / 10;
  if (row.status !== "task_queue") {
    const began = row.started_at === 0 ? row.accepted_at : row.started_at;
    const estimated = ownMs === undefined ? undefined : { start: began, end: Math.round(began + ownMs) };
    return { wait: undefined, position: undefined, estimated };
  }
  const place = await queue.placeOf(db, row.id);
  // It was claimed or ended between the two reads.
  if (!place || place.state === "leased" || place.state === "steps") return undefined;
  const { state, ahead } = place;
  const wait = waitReason(workers(), model, { state, pause: queue.pauseOf(pauses, model.id) });
  const estimated =
    wait.code === "paused" || wait.code === "limit"
      ? undefined
      : estimate({ workers: workers(), model, ahead, averageMs: averageMs(stats, model), ownMs, now: Date.now() });
  return { wait, position: ahead + 1, estimated };
}
