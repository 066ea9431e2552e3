/**
 * Gives ready tasks to connected workers that have room, and takes lost leases back.
 *
 * It runs when something may have become possible (a task came, a worker has room again, a model got ready) and on every sweep.
 * A claim joins the transaction of the accept that caused it, so a task reaches an idle worker after one fsync.
 */
import {
  type InputFile,
  isFileItem,
  isProgram,
  items,
  type Log,
  type RunInputs,
  SWEEP_MS,
  type ToWorker,
} from "@modelyard/contract";
import type { Tx } from "../db/database.ts";
import type { AssignmentSpan, TaskTraces } from "../metrics/task-traces.ts";
import { type CatalogueModel, nameOf } from "../models/service.ts";
import * as queue from "../queue/service.ts";
import {
  beginAttempt,
  cancel,
  type LifecycleDeps,
  QUEUE_TOPIC,
  releaseWaiting,
  retryOrFail,
} from "../tasks/lifecycle.ts";
import { inputFiles } from "../tasks/service.ts";
import { needOf } from "./capacity.ts";
import { type ConnectedWorker, type Registry, roomFor } from "./registry.ts";
import { createRemovedSweep } from "./removed-models.ts";

export interface Dispatcher {
  /** Something may be claimable now. */
  wake(): void;
  /** Takes back what lost its lease; also runs by itself every SWEEP_MS. */
  sweep(): Promise<void>;
  /** Ends the timer and waits for what is under way. */
  stop(): Promise<void>;
}

export interface DispatcherDeps extends LifecycleDeps {
  registry: Registry;
  turns: queue.Turns;
  pauses: queue.Pauses;
  traces: TaskTraces;
  log: Log;
}

/** Tasks claimed in one unit of work at most. */
const CLAIM_BATCH = 64;
const SWEEP_BATCH = 200;

interface Claimed {
  worker: ConnectedWorker;
  model: CatalogueModel;
  message: Extract<ToWorker, { t: "assign" }>;
  span: AssignmentSpan | undefined;
}

/** The worker's view of a run: scalar inputs as they are, files as a numbered list. */
function assignment(taskId: number, epoch: number, model: CatalogueModel, inputsJson: string): Claimed["message"] {
  const values = JSON.parse(inputsJson) as RunInputs["values"];
  const fileIds = new Set(
    items(model.manifest)
      .filter(isFileItem)
      .map((item) => item.id),
  );
  const scalars: Record<string, string | number | boolean> = {};
  for (const [id, value] of Object.entries(values)) {
    if (!fileIds.has(id) && !Array.isArray(value)) scalars[id] = value;
  }
  const files: InputFile[] = inputFiles(values).map(({ item, source }, index) =>
    "file" in source ? { item, name: source.file.name, source: { stored: index } } : { item, name: "", source },
  );
  return {
    t: "assign",
    task: String(taskId),
    epoch,
    version: model.version,
    inputs: scalars,
    files,
    gpus: model.manifest.resources.gpus,
  };
}

export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const { db, bus, models, registry, turns, pauses, meter, traces, log } = deps;
  const lifecycle: LifecycleDeps = deps;
  const endRemoved = createRemovedSweep(lifecycle, models);
  let claiming: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  /** The emptiest worker with room for the model. */
  function takerFor(model: CatalogueModel): ConnectedWorker | undefined {
    let best: ConnectedWorker | undefined;
    for (const worker of registry.all()) {
      if ((!best || worker.load < best.load) && roomFor(worker, model) > 0) best = worker;
    }
    return best;
  }

  async function claimOne(tx: Tx, candidate: queue.Candidate): Promise<Claimed | undefined> {
    const model = models.current(candidate.model_id);
    const worker = model && takerFor(model);
    if (!worker) return undefined;
    const lease = await queue.lease(tx, candidate.task_id, worker.id);
    if (!lease) return undefined;
    const task = await beginAttempt(lifecycle, tx, {
      taskId: candidate.task_id,
      attempts: lease.attempts,
      version: model.version,
      model: nameOf(model),
    });
    if (!task) throw new Error(`task ${candidate.task_id} is ready in the queue but not in its status`);
    // Counted at once, so that the next candidate of this unit sees the room that is left.
    worker.hold(String(candidate.task_id), {
      epoch: lease.epoch,
      modelId: model.id,
      need: needOf(model.manifest, worker.capacity),
    });
    turns.serve(candidate.priority, candidate.turn);
    const span = traces.assigning({
      taskId: candidate.task_id,
      parentId: task.parentId,
      createdAt: task.createdAt,
      epoch: lease.epoch,
      model: nameOf(model),
      worker: worker.name,
    });
    const message = assignment(candidate.task_id, lease.epoch, model, task.inputs);
    if (span && worker.knowsTraces) message.traceparent = span.traceparent;
    return { worker, model, message, span };
  }

  async function claim(): Promise<boolean> {
    const eligible = models
      .all()
      .filter(
        (model) => isProgram(model.manifest) && !queue.pauseOf(pauses, model.id) && takerFor(model) !== undefined,
      );
    if (eligible.length === 0) return false;
    const claimed: Claimed[] = [];
    try {
      const full = await db.write(async (tx) => {
        const found = await queue.candidates(
          db,
          tx,
          eligible.map((model) => model.id),
          CLAIM_BATCH,
        );
        for (const candidate of found) {
          const one = await claimOne(tx, candidate);
          if (one) claimed.push(one);
        }
        tx.afterCommit(() => {
          for (const { worker, message } of claimed) worker.send(message);
          for (const worker of new Set(claimed.map((one) => one.worker))) worker.flush();
          for (const { span } of claimed) span?.sent();
        });
        return found.length === CLAIM_BATCH && claimed.length > 0;
      });
      return full;
    } catch (error) {
      for (const { worker, message } of claimed) worker.forget(message.task, message.epoch);
      throw error;
    }
  }

  function wake(): void {
    if (stopped) return;
    if (claiming) {
      again = true;
      return;
    }
    claiming = (async () => {
      do {
        again = false;
        if (await claim()) again = true;
      } while (again && !stopped);
    })()
      .catch((error: unknown) => log(`claiming failed: ${String(error)}`, { level: "error" }))
      .finally(() => {
        claiming = undefined;
        if (again) wake();
      });
  }

  /** Queued tasks whose deadline has passed, or whose model is gone, end unbilled; tasks beyond a limit that has room again become ready. */
  async function sweepQueue(): Promise<void> {
    await db.write(async (tx) => {
      for (const taskId of await queue.overdue(db, tx, SWEEP_BATCH)) {
        await cancel(lifecycle, tx, taskId, { onlyQueued: true, reason: "Its deadline passed before it could start." });
      }
      await endRemoved(tx, SWEEP_BATCH);
      // Also where runs beyond a limit are refused today: some may wait from a time when they were queued.
      for (const accountId of await queue.accountsWaiting(tx)) await releaseWaiting(tx, accountId);
    });
  }

  async function sweep(): Promise<void> {
    await sweepQueue();
    const lost = await db.write(async (tx) => {
      const expired = await queue.expired(db, tx, SWEEP_BATCH);
      for (const row of expired) {
        const lease = { taskId: row.task_id, epoch: row.epoch, worker: row.worker };
        await retryOrFail(lifecycle, tx, lease, { counted: true, reason: "The worker that ran it was lost." });
      }
      return expired;
    });
    for (const row of lost) {
      meter.leaseLost();
      traces.queued(row.task_id);
      log(`task ${row.task_id}: lease lost by worker ${row.worker} (attempt ${row.attempts})`, {
        level: "warn",
        task: row.task_id,
        worker: registry.get(row.worker)?.name ?? row.worker,
      });
      registry.get(row.worker)?.send({ t: "kill", task: String(row.task_id), epoch: row.epoch });
    }
    wake();
  }

  let sweeping: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    sweeping = sweep().catch((error: unknown) => log(`sweep failed: ${String(error)}`, { level: "error" }));
  }, SWEEP_MS);
  timer.unref();
  const ends = [bus.subscribe(QUEUE_TOPIC, wake), pauses.changed(wake)];

  return {
    wake,
    sweep,
    async stop() {
      stopped = true;
      for (const end of ends) end();
      clearInterval(timer);
      await claiming;
      await sweeping;
    },
  };
}
