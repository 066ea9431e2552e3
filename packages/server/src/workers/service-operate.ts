/** What operators do to queue and workers. Each act is noted in the operators' log. */
import {
  apiError,
  priorityRank,
  type QueueRow,
  type QueueTask,
  readQueueWish,
  type WorkerRow,
} from "@modelyard/contract";
import { audit } from "../audit/audit.ts";
import type { Fault } from "../audit/fault.ts";
import { type Actor, note, OPERATORS } from "../audit-log/service.ts";
import type { Database } from "../db/database.ts";
import type { Switches } from "../db/switches.ts";
import type { Fields } from "../http/body.ts";
import { textField } from "../http/fields.ts";
import { type CatalogueModel, type Models, nameOf } from "../models/service.ts";
import * as queue from "../queue/service.ts";
import { presentQueue, presentSwitched, presentWaiting, presentWorker } from "./present-operate.ts";
import type { Registry } from "./registry.ts";

export interface Asked {
  fields: Fields;
  actor: Actor;
}

export interface Operations {
  setModelPaused(asked: Asked, on: boolean): Promise<void>;
  setQueuePaused(asked: Asked, on: boolean): Promise<void>;
  setCordoned(asked: Asked, on: boolean): Promise<void>;
  queue(): Promise<{ paused: QueueRow["paused"]; models: QueueRow[] }>;
  /** The tasks that wait, the next one first. */
  waiting(asked: Asked): Promise<QueueTask[]>;
  setPriority(asked: Asked): Promise<void>;
  workers(): WorkerRow[];
  /** `seconds`: how long it took. */
  audit(): Promise<{ faults: Fault[]; seconds: string }>;
}

export interface OperationsDeps {
  db: Database;
  models: Models;
  registry: Registry;
  pauses: queue.Pauses;
  cordons: Switches;
  turns: queue.Turns;
}

const REASON_LENGTH = 300;

export function createOperations({ db, models, registry, pauses, cordons, turns }: OperationsDeps): Operations {
  async function change(
    { fields, actor }: Asked,
    on: boolean,
    what: { switches: Switches; name: string; action: string; target: string },
  ): Promise<void> {
    const reason = textField(fields, "reason") ?? "";
    if (reason.length > REASON_LENGTH) throw apiError("parameterTooLong", "reason", REASON_LENGTH);
    if (on) await what.switches.on(what.name, reason);
    else await what.switches.off(what.name);
    await db.write((tx) =>
      note(tx, { accountId: OPERATORS, actor, action: what.action, target: what.target, outcome: reason || "ok" }),
    );
  }

  function modelOf(fields: Fields): CatalogueModel {
    const model = models.find(textField(fields, "slugowner") ?? "", textField(fields, "slugproject") ?? "");
    if (!model) throw apiError("unknownModel");
    return model;
  }

  return {
    setModelPaused(asked, on) {
      const model = modelOf(asked.fields);
      const action = on ? "model-pause" : "model-resume";
      return change(asked, on, { switches: pauses, name: queue.modelPause(model.id), action, target: nameOf(model) });
    },
    setQueuePaused: (asked, on) =>
      change(asked, on, {
        switches: pauses,
        name: queue.WHOLE_QUEUE,
        action: on ? "queue-pause" : "queue-resume",
        target: "queue",
      }),
    setCordoned(asked, on) {
      const name = textField(asked.fields, "name");
      if (name === undefined || name === "") throw apiError("parameterRequired", "name");
      // A cordon may be lifted, or be there already, while the worker is away.
      const isKnown = registry.all().some((worker) => worker.name === name) || cordons.get(name) !== undefined;
      if (!isKnown) throw apiError("workerNotExist");
      const action = on ? "worker-cordon" : "worker-uncordon";
      return change(asked, on, { switches: cordons, name, action, target: name });
    },
    async queue() {
      const byModel = Map.groupBy(await queue.loads(db), (load) => load.model_id);
      const paused = (id: number) => pauses.get(queue.modelPause(id));
      const idle = models.all().filter(({ id }) => paused(id) && !byModel.has(id));
      const ids = [...byModel.keys(), ...idle.map(({ id }) => id)].sort((a, b) => a - b);
      return {
        paused: presentSwitched(pauses.get(queue.WHOLE_QUEUE)),
        models: ids.map((id) => presentQueue(models.byId(id), byModel.get(id) ?? [], paused(id))),
      };
    },
    async waiting({ fields }) {
      const count = (name: string, otherwise: number) =>
        Number(/^\d{1,9}$/.exec(textField(fields, name) ?? "")?.[0] ?? otherwise);
      const rows = await queue.waitingTasks(db, { start: count("start", 0), limit: Math.min(count("limit", 50), 100) });
      return rows.map((row) => presentWaiting(row, models.byId(row.model_id)));
    },
    async setPriority({ fields, actor }) {
      const wish = readQueueWish(textField(fields, "priority"), undefined);
      if (typeof wish === "string") throw apiError("priorityInvalid");
      const id = /^\d{1,15}$/.exec(textField(fields, "taskid") ?? "")?.[0];
      if (id === undefined) throw apiError("taskIdRequired");
      const priority = priorityRank(wish.priority);
      await db.write(async (tx) => {
        const entries = await queue.lockWaiting(db, tx, Number(id));
        if (!entries.some((entry) => String(entry.task_id) === id)) throw apiError("taskNotWaiting");
        for (const { task_id, project_id } of entries)
          await queue.reprioritize(tx, { taskId: task_id, priority, turn: turns.next(priority, project_id) });
        await note(tx, { accountId: OPERATORS, actor, action: "task-priority", target: id, outcome: wish.priority });
      });
    },
    workers: () => registry.all().map((worker) => presentWorker(worker, models.all(), cordons.get(worker.name))),
    async audit() {
      const began = performance.now();
      const faults = await audit(db);
      return { faults, seconds: ((performance.now() - began) / 1000).toFixed(3) };
    },
  };
}
