/**
 * Moves apps on: takes up those that are ready, and after every end of a step asks the plan (policy-plan.ts) what comes next.
 *
 * All that is known of a running app is in the store: its steps as they were accepted, and the tasks of its steps. A server that
 * dies between the end of a step and the start of the next one has lost nothing: the sweep finds apps none of whose steps is in
 * the queue. A unit of work locks the app's queue entry first and its steps after it; the end of a step never locks its app.
 */
import { type AppRunner, isTerminal, type Log, type RunInputs, SWEEP_MS } from "@modelyard/contract";
import type { Tx } from "../db/database.ts";
import { outputsOf } from "../files/service.ts";
import { nameOf } from "../models/service.ts";
import * as queue from "../queue/service.ts";
import { APP_QUEUE_TOPIC, APP_TOPIC, type LifecycleDeps } from "../tasks/lifecycle.ts";
import { beginApp, failApp, finishApp, reportApp } from "../tasks/lifecycle-app.ts";
import {
  type AppRow,
  type ReceivedFile,
  readApp,
  type StepRow,
  shareOf,
  startStep,
  stepsOf,
} from "../tasks/service.ts";
import { billOf, type StepCost } from "./policy-bill.ts";
import { nameOfStep, type Plan, planApp, type StepRun } from "./policy-plan.ts";
import { asField, mostEach } from "./policy-quote.ts";

export interface AppDriver {
  /** Ends the timer and waits for what is under way. */
  stop(): Promise<void>;
}

export interface AppDriverDeps extends LifecycleDeps {
  turns: queue.Turns;
  pauses: queue.Pauses;
  log: Log;
}

/** Apps taken up in one unit of work at most; the rest follow in the next. */
const BATCH = 32;

function stepOf(app: AppRunner, key: string) {
  return app.steps.find(({ id }) => id === key.split("#")[0]);
}

export function createAppDriver(deps: AppDriverDeps): AppDriver {
  const { db, bus, models, turns, pauses, log } = deps;
  let stopped = false;
  /** Units of work under way. */
  const busy = new Set<Promise<void>>();

  function work(unit: () => Promise<void>): void {
    if (stopped) return;
    const running = unit()
      .catch((error: unknown) => log(`apps: ${String(error)}`, { level: "error" }))
      .finally(() => busy.delete(running));
    busy.add(running);
  }

  async function takeUp(): Promise<void> {
    const apps = models
      .all()
      .filter(({ id, manifest }) => manifest.runner.type === "app" && !queue.pauseOf(pauses, id));
    if (apps.length === 0) return;
    const ids = apps.map(({ id }) => id);
    const count = await db.write(async (tx) => {
      const found = await queue.candidates(db, tx, ids, BATCH);
      for (const { task_id: taskId, model_id: modelId, priority, turn } of found) {
        const model = models.byId(modelId);
        if (!model || !(await beginApp(deps, tx, taskId, model))) continue;
        turns.serve(priority, turn);
        await moveOn(tx, taskId);
      }
      return found.length;
    });
    if (count === BATCH) work(takeUp);
  }

  async function runOf(tx: Tx, row: StepRow): Promise<StepRun> {
    if (!isTerminal(row.status)) return { state: "active" };
    if (row.status === "task_cancel") return { state: "failed", reason: "it was cancelled." };
    if (row.pexit !== "0")
      return { state: "failed", reason: row.end_reason ?? `it ended with exit code ${row.pexit}.` };
    const files = (await outputsOf(tx, row.id)).map((file) => ({
      file: {
        ref: file.blob,
        name: file.name,
        contentType: file.content_type,
        size: file.size,
        accessKey: file.access_key,
      } satisfies ReceivedFile,
    }));
    const answer = row.answer === null ? [] : (JSON.parse(row.answer) as { answer: string[] }).answer;
    return { state: "done", files, text: answer.join("\n") };
  }

  function costOf(row: StepRow, app: AppRunner): StepCost {
    const model = models.byId(row.model_id);
    const step = stepOf(app, row.step);
    const name = `${step ? nameOfStep(step) : row.step} (${nameOf(model)})`;
    return { name, owner: model?.owner ?? "unknown", amount: shareOf(row.bill) };
  }

  /** Does what the plan says; the app's queue entry is locked. */
  async function moveOn(tx: Tx, taskId: number): Promise<void> {
    if (!(await queue.lockApp(db, tx, taskId))) return;
    const parent = await readApp(tx, taskId);
    const app = JSON.parse(parent.app) as AppRunner;
    const inputs = JSON.parse(parent.inputs) as RunInputs["values"];
    const rows = await stepsOf(tx, taskId);
    const runs = new Map<string, StepRun>();
    for (const row of rows) runs.set(row.step, await runOf(tx, row));
    const plan = planApp(app, inputs, runs, mostEach);
    switch (plan.kind) {
      case "failed":
        return failApp(deps, tx, taskId, plan.reason);
      case "on": {
        const problem = await start(tx, taskId, parent, plan);
        if (problem !== undefined) return failApp(deps, tx, taskId, problem);
        return progress(tx, taskId, { app, plan, runs });
      }
      case "done": {
        const files = plan.files.map((source) => ("file" in source ? (source.file as ReceivedFile) : undefined));
        const costs = rows.map((row) => costOf(row, app));
        await finishApp(deps, tx, taskId, {
          files: files.filter((file) => file !== undefined),
          text: plan.text,
          ...billOf(costs, BigInt(parent.hold)),
        });
      }
    }
  }

  /** Starts what can start; a sentence where one cannot. */
  async function start(
    tx: Tx,
    parentId: number,
    parent: AppRow,
    plan: Extract<Plan, { kind: "on" }>,
  ): Promise<string | undefined> {
    for (const { key, step, fields } of plan.start) {
      const [owner = "", slug = ""] = step.model.split("/");
      const model = models.find(owner, slug);
      if (!model || model.manifest.runner.type === "app")
        return `Step ${nameOfStep(step)}: the model ${step.model} is not here any more.`;
      const raw = Object.fromEntries(Object.entries(fields).map(([id, value]) => [id, asField(value)]));
      const problem = await startStep(deps, tx, { parentId, parent, key, model, fields: raw });
      if (problem !== undefined) return `Step ${nameOfStep(step)}: ${problem}`;
    }
    return undefined;
  }

  /** What runs now and how much is over, for those who watch. */
  async function progress(
    tx: Tx,
    taskId: number,
    { app, plan, runs }: { app: AppRunner; plan: Extract<Plan, { kind: "on" }>; runs: ReadonlyMap<string, StepRun> },
  ): Promise<void> {
    const active = [...runs].filter(([, run]) => run.state === "active").map(([key]) => key);
    const keys = [...active, ...plan.start.map(({ key }) => key)];
    const steps = new Set(keys.map((key) => stepOf(app, key)).filter((step) => step !== undefined));
    const { done, total } = plan;
    const task = [...steps].map(nameOfStep).join(", ").slice(0, 200);
    await reportApp(deps, tx, taskId, {
      kind: "progress",
      percentage: Math.round((100 * done) / total),
      task,
      step: done,
      total,
    });
  }

  const sweep = async () => {
    await takeUp();
    for (const taskId of await queue.idleApps(db, BATCH)) await db.write((tx) => moveOn(tx, taskId));
  };
  const timer = setInterval(() => work(sweep), SWEEP_MS);
  timer.unref();
  const ends = [
    bus.subscribe(APP_QUEUE_TOPIC, () => work(takeUp)),
    bus.subscribe(APP_TOPIC, (taskId) => work(() => db.write((tx) => moveOn(tx, Number(taskId))))),
    pauses.changed(() => work(takeUp)),
  ];
  work(sweep);

  return {
    async stop() {
      stopped = true;
      for (const end of ends) end();
      clearInterval(timer);
      await Promise.all(busy);
    },
  };
}
