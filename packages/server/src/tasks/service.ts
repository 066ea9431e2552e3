/** What a caller does with tasks: run, look, cancel, kill. */
import {
  ApiError,
  apiError,
  cleanSlug,
  type FileSource,
  isFileItem,
  isTerminal,
  items,
  likenessOf,
  priorityRank,
  type QueueWish,
  type RunInputs,
  readInputs,
  STOPPED_BY_CALLER,
  TASK_STATUSES,
  type Task,
  type TaskEvent,
  type TaskStatus,
} from "@modelyard/contract";
import { allowPriority } from "../accounts/service-priority.ts";
import type { Blobs } from "../blobs/blobs.ts";
import type { Tx } from "../db/database.ts";
import { addFile, newId, outputsOf } from "../files/service.ts";
import type { Fields } from "../http/body.ts";
import { newToken } from "../http/tokens.ts";
import * as ledger from "../ledger/service.ts";
import { KEY_CAP, MEMBER_CAP, PROJECT_CAP, type SpendCaps } from "../ledger/service-caps.ts";
import { quoteRun } from "../models/quote.ts";
import { type CatalogueModel, nameOf } from "../models/service.ts";
import type { Principal, Projects } from "../projects/service.ts";
import * as queue from "../queue/service.ts";
import { type ConnectedWorker, isInstalled } from "../workers/registry.ts";
import { nameTask, type RunKey, takeKey } from "./idempotency.ts";
import { cancel, type LifecycleDeps, wakeApps, wakeQueue } from "./lifecycle.ts";
import { outlookOf } from "./outlook.ts";
import { resolveOwnFiles } from "./own-files.ts";
import { isReceived, parametersOf } from "./parameters.ts";
import { callbackAddress, EVENT_ROWS, eventsAfter, listQuery, taskIdentifier, wantedTags } from "./policy.ts";
import { presentTask, type TaskContext } from "./present.ts";
import { deleteTaskFiles } from "./service-files.ts";
import * as store from "./store.ts";
import { countByStatus, listTasks } from "./store-list.ts";
import { stepsOf } from "./store-steps.ts";
import { countTags, replaceTags } from "./store-tags.ts";
import { storeTerms } from "./terms.ts";

export type { ReceivedFile } from "./parameters.ts";
export { startStep } from "./start-step.ts";
export { readEvents, readTask, type TaskRow } from "./store.ts";
export { type AppRow, readApp, type StepRow, stepsOf } from "./store-steps.ts";
export { shareOf } from "./terms.ts";

export interface Started {
  taskId: number;
  token: string;
  /** The task was there already, made by an earlier request under the same idempotency key. */
  again: boolean;
}

/** What is asked for, beside who asks and for which model. */
export interface RunOrder {
  fields: Fields;
  wish: QueueWish;
  tags: readonly string[];
  /** Public base address of files (http/request.ts). */
  base: string;
  /** Every base address under which this server's own files may have been named. */
  ownBases: readonly string[];
  idempotency?: RunKey | undefined;
  /** Called inside the unit of work, as soon as the new task has its id. */
  numbered?: ((taskId: number) => void) | undefined;
}

export interface Tasks {
  /** The model a run is for, or the refusal that names why not. */
  model(owner: string, slug: string): CatalogueModel;
  run(principal: Principal, model: CatalogueModel, order: RunOrder): Promise<Started>;
  detail(principal: Principal, fields: Fields, base: string): Promise<Task>;
  cancel(principal: Principal, fields: Fields, base: string): Promise<Task>;
  kill(principal: Principal, fields: Fields, base: string): Promise<Task>;
  /** The task's log, a page at a time. */
  events(principal: Principal, fields: Fields): Promise<TaskEvent[]>;
  /** Tags of the account's tasks by their names. */
  tags(principal: Principal): Promise<{ tag: string; runs: number }[]>;
  /** Puts `tags` in place of the task's own; the task may be at any point of its life. */
  tag(principal: Principal, fields: Fields, base: string): Promise<Task>;
  list(principal: Principal, fields: Fields, base: string): Promise<{ total: number; tasks: Task[] }>;
  stat(principal: Principal): Promise<{ total: number; stat: Record<TaskStatus, string> }>;
  /** Removes the files of an ended task for good; the task itself stays. Repeating it changes nothing. */
  deleteFiles(principal: Principal, fields: Fields): Promise<void>;
  /** What presenting this task needs beside its row. */
  context(row: store.TaskRow, base: string): Promise<TaskContext>;
}

export interface TasksDeps extends LifecycleDeps {
  projects: Projects;
  blobs: Blobs;
  spendCaps: SpendCaps;
  turns: queue.Turns;
  pauses: queue.Pauses;
  workers: () => ConnectedWorker[];
}

export function createTasks(deps: TasksDeps): Tasks {
  const { db, bus, models, stats, projects, blobs, spendCaps, turns, workers } = deps;

  /** The project that pays, and which spend caps its run counts in (schema: task.caps). */
  async function billed(principal: Principal, raw: unknown): Promise<{ projectId: number; caps: number }> {
    const named = raw !== undefined && raw !== null && raw !== "";
    const id = !named ? principal.projectId : /^\d{1,15}$/.test(String(raw)) ? Number(raw) : -1;
    if (id === 0) throw apiError(named ? "noPermission" : "projectMissing");
    if (id === principal.projectId) return { projectId: id, caps: principal.caps };
    const project = principal.kind === "browser" ? undefined : await projects.payer(id);
    if (project?.accountId !== principal.accountId) throw apiError("noPermission");
    return { projectId: id, caps: (principal.caps & (KEY_CAP | MEMBER_CAP)) | (project.isCapped ? PROJECT_CAP : 0) };
  }

  async function find(principal: Principal, fields: Fields): Promise<store.TaskRow> {
    const by = taskIdentifier(fields);
    if (by === "missing") throw apiError("taskIdRequired");
    const row = by === "none" ? undefined : await store.readTask(db, by, principal.accountId);
    // A browser token sees what it made itself; the account has more.
    if (!row || (principal.kind === "browser" && row.key_id !== principal.keyId)) throw apiError("taskNotFound");
    return row;
  }

  async function context(row: store.TaskRow, base: string): Promise<TaskContext> {
    const model = models.byId(row.model_id);
    const current = models.current(row.model_id);
    const outputs = row.status === "task_postprocess_end" ? await outputsOf(db, row.id) : [];
    const steps = row.app === null ? undefined : await stepsOf(db, row.id);
    return { model, outputs, base, outlook: current && (await outlookOf(deps, row, current)), steps, nameOf: nameById };
  }

  const nameById = (id: number) => nameOf(models.byId(id));

  async function present(row: store.TaskRow, base: string): Promise<Task> {
    return presentTask(row, await context(row, base));
  }

  /** Ids of the models whose name contains this text, in any spelling of slugs. */
  function modelsNamed(text: string): number[] {
    const wanted = cleanSlug(text);
    return models
      .all()
      .filter(({ cleanOwner, cleanSlug: slug }) => `${cleanOwner}/${slug}`.includes(wanted))
      .map(({ id }) => id);
  }

  async function again(row: store.TaskRow, base: string): Promise<Task> {
    const fresh = await store.readTask(db, { id: row.id }, row.account_id);
    return present(fresh ?? row, base);
  }

  return {
    context,
    model(owner, slug) {
      const model = models.find(owner, slug);
      if (!model) throw apiError("unknownModel");
      if (model.manifest.lifecycle === "retired") throw apiError("retiredModel");
      if (model.problem !== undefined) throw apiError("appUnavailable", model.problem);
      return model;
    },

    async run(principal, model, { fields, wish, tags, base, ownBases, idempotency, numbered }) {
      if (principal.models && !principal.models.includes(`${model.cleanOwner}/${model.cleanSlug}`))
        throw apiError("modelNotAllowed");
      // Before anything is held: nobody should pay, or wait, for weights that only an operator can fetch.
      if (model.manifest.pull && !isInstalled(workers(), model.version))
        throw apiError("modelNotInstalled", `${model.cleanOwner}/${model.cleanSlug}`);
      const read = readInputs(model.manifest, fields);
      if (!read.ok) throw read.errors[0] as ApiError;
      const callback = callbackAddress(Object.hasOwn(fields, "callbackUrl") ? fields.callbackUrl : "");
      if (!callback.ok) throw apiError("callbackInvalid");
      const { projectId, caps } = await billed(
        principal,
        Object.hasOwn(fields, "projectid") ? fields.projectid : undefined,
      );
      const { values } = read.inputs;
      const quoted = quoteRun(models, model, values);
      const takesFiles = items(model.manifest).some(isFileItem);
      const copies = takesFiles ? await resolveOwnFiles({ db, blobs, models, bases: ownBases }, values) : [];
      const received = [
        ...Object.values(fields)
          .flat()
          .filter(isReceived)
          .map(({ file }) => file),
        ...copies,
      ];
      const forget = async () => {
        for (const { ref } of copies) await blobs.delete(ref);
      };
      const token = newToken();
      const parameters = JSON.stringify(parametersOf(fields));
      const inputs = JSON.stringify(values);
      const { accountId } = principal;
      const work = async (tx: Tx) => {
        const earlier = idempotency && (await takeKey(tx, principal.projectId, idempotency));
        if (earlier) return { ...earlier, again: true };
        await allowPriority(tx, accountId, wish.priority);
        const limit = await ledger.hold(tx, { accountId, amount: quoted.hold, overLimit: deps.overLimit });
        if (caps !== 0) {
          const { keyId, memberId } = principal;
          await spendCaps.take(tx, { projectId, keyId, memberId, caps, amount: quoted.hold });
        }
        const priority = priorityRank(wish.priority);
        const { id, deadline } = await store.insertTask(tx, {
          token,
          accountId,
          projectId,
          keyId: principal.keyId,
          memberId: principal.memberId,
          caps,
          tags,
          likeness: likenessOf(model.manifest, values),
          modelId: model.id,
          version: model.version,
          inputs,
          parameters,
          callbackUrl: callback.url,
          callbackBase: callback.url === "" ? "" : base,
          priceMethod: quoted.method,
          price: quoted.price,
          priceTerms: storeTerms(quoted, { isStep: false }),
          hold: quoted.hold,
          priority,
          deadlineSeconds: wish.deadlineSeconds,
          app: model.manifest.runner.type === "app" ? JSON.stringify(model.manifest.runner) : null,
          partOf: undefined,
        });
        numbered?.(id);
        if (idempotency) await nameTask(tx, principal.projectId, idempotency.key, id);
        await ledger.recordHold(tx, { accountId, taskId: id, amount: quoted.hold });
        await queue.enqueue(tx, {
          taskId: id,
          modelId: model.id,
          accountId,
          projectId,
          priority,
          turn: turns.next(priority, projectId),
          deadline,
          state: limit === "within" ? "ready" : "waiting",
        });
        if (received.length > 0) await addInputs(id);
        tx.afterCommit(() => stats.accepted(model.id));
        if (model.manifest.runner.type === "app") wakeApps(tx, bus);
        else wakeQueue(tx, bus);
        return { taskId: id, token, again: false };

        async function addInputs(id: number): Promise<void> {
          const parent = newId();
          for (const [position, file] of received.entries()) {
            await addFile(tx, { ...file, accountId, blob: file.ref, taskId: id, kind: "input", position }, parent);
          }
        }
      };
      try {
        const started = await db.write(work);
        if (started.again) await forget();
        return started;
      } catch (error) {
        // Anything but a refusal may have come after the commit; what no task names then goes with the sweep of orphans.
        if (error instanceof ApiError) await forget();
        throw error;
      }
    },

    async detail(principal, fields, base) {
      return present(await find(principal, fields), base);
    },

    async events(principal, fields) {
      return store.readEvents(db, (await find(principal, fields)).id, eventsAfter(fields), EVENT_ROWS);
    },

    async list(principal, fields, base) {
      const { modelName, ...page } = listQuery(fields);
      const modelIds = modelName === "" ? undefined : modelsNamed(modelName);
      const { total, rows } = await listTasks(db, { accountId: principal.accountId, modelIds, ...page });
      return { total, tasks: await Promise.all(rows.map((row) => present(row, base))) };
    },

    async stat(principal) {
      const counts = await countByStatus(db, principal.accountId);
      const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
      const stat = Object.fromEntries(TASK_STATUSES.map((status) => [status, String(counts.get(status) ?? 0)]));
      return { total, stat: stat as Record<TaskStatus, string> };
    },

    deleteFiles: (principal, fields) => deleteTaskFiles(deps, principal.accountId, fields),

    async cancel(principal, fields, base) {
      const row = await find(principal, fields);
      const done = await db.write((tx) =>
        cancel(deps, tx, row.id, { onlyQueued: true, reason: STOPPED_BY_CALLER.cancel }),
      );
      if (!done) throw apiError("taskNotCancellable");
      return again(row, base);
    },

    tags: (principal) => countTags(db, principal.accountId),

    async tag(principal, fields, base) {
      const tags = wantedTags(fields);
      if (!tags) throw apiError("tagsInvalid");
      const row = await find(principal, fields);
      await db.write((tx) => replaceTags(db, tx, { accountId: row.account_id, taskId: row.id }, tags));
      return again(row, base);
    },

    async kill(principal, fields, base) {
      const row = await find(principal, fields);
      if (isTerminal(row.status)) throw apiError("taskNotKillable", "it has ended already");
      const done = await db.write((tx) =>
        cancel(deps, tx, row.id, { onlyQueued: false, reason: STOPPED_BY_CALLER.kill }),
      );
      if (!done) throw apiError("taskNotKillable", "it has ended already");
      return again(row, base);
    },
  };
}

/** Files of a task in the order the worker is told of them: by item, as given. */
export function inputFiles(values: RunInputs["values"]): { item: string; source: FileSource }[] {
  return Object.entries(values).flatMap(([item, value]) =>
    Array.isArray(value) ? value.map((source) => ({ item, source })) : [],
  );
}
