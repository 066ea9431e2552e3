/**
 * Random lives of one account's tasks, played on the real lifecycle over a real store: what callers, workers, the sweeper and
 * a restart may do, in any order, several at the same moment, reports lost, doubled and out of order.
 */
import assert from "node:assert/strict";
import { type Report, USD } from "@modelyard/contract";
import {
  applyReport,
  audit,
  beginAttempt,
  cancel,
  createAccount,
  createModelStats,
  createSwitches,
  createTasks,
  type Database,
  IllegalTransitionError,
  type LeaseRef,
  type LifecycleDeps,
  loadModels,
  memoryBus,
  noMeter,
  type Projects,
  queue,
  retryOrFail,
  type Tasks,
  type Tx,
  topUp,
} from "@modelyard/server/parts";
import fc from "fast-check";

/** `at` picks one of the attempts (or tasks) there have been so far, dead ones too. */
export type Op =
  | { op: "topup"; cents: number }
  | { op: "run"; model: "test/echo" | "test/dollar" }
  | { op: "claim"; worker: number }
  | {
      op: "report";
      at: number;
      steps: number;
      n: "next" | "again" | "ahead";
      as: "itself" | "other-worker" | "older-epoch";
    }
  | { op: "finish"; at: number; exitCode: number; elapsedMs: number; times: number }
  | { op: "give-up"; at: number }
  | { op: "lose"; at: number }
  | { op: "sweep" }
  | { op: "release"; at: number }
  | { op: "renew"; at: number }
  | { op: "kill"; at: number }
  | { op: "cancel"; at: number }
  | { op: "crash"; at: number };

const at = fc.nat({ max: 1_000 });
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ op: fc.constant("topup" as const), cents: fc.integer({ min: 1, max: 3_000 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant("run" as const),
      model: fc.constantFrom("test/echo" as const, "test/dollar" as const),
    }),
  },
  { weight: 6, arbitrary: fc.record({ op: fc.constant("claim" as const), worker: fc.nat({ max: 2 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant("report" as const),
      at,
      steps: fc.integer({ min: 0, max: 4 }),
      n: fc.constantFrom("next" as const, "next" as const, "next" as const, "again" as const, "ahead" as const),
      as: fc.constantFrom(
        "itself" as const,
        "itself" as const,
        "itself" as const,
        "other-worker" as const,
        "older-epoch" as const,
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant("finish" as const),
      at,
      exitCode: fc.constantFrom(0, 0, 0, 1, 137, -9),
      elapsedMs: fc.oneof(fc.double({ min: 0, max: 200_000, noNaN: true }), fc.constantFrom(0, 1e300)),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  ...(["give-up", "lose", "release", "renew", "kill", "cancel", "crash"] as const).map((name) => ({
    weight: 1,
    arbitrary: fc.record({ op: fc.constant(name), at }),
  })),
  { weight: 1, arbitrary: fc.record({ op: fc.constant("sweep" as const) }) },
);

/** A list of moments; the operations of one moment start together. */
export const histories = (ops: number): fc.Arbitrary<Op[][]> =>
  fc.array(fc.array(op, { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: Math.ceil(ops / 2.5),
    size: "max",
  });

const LIFE = [
  "task_preprocess_start",
  "task_preprocess_end",
  "task_assign",
  "task_start",
  "task_output_full",
  "task_end",
  "task_postprocess_start",
] as const;

interface AttemptModel extends LeaseRef {
  /** The number of the last report that was taken, and how many events of LIFE were in those. */
  n: number;
  told: number;
}

type OverLimit = LifecycleDeps["overLimit"];

export interface World {
  lifecycle: Record<OverLimit, LifecycleDeps>;
  tasks: Record<OverLimit, Tasks>;
}

export async function createWorld(db: Database, modelDirs: readonly string[]): Promise<World> {
  const bus = memoryBus();
  const { models } = await loadModels({ db, roots: modelDirs, log: () => {} });
  const projects = { payer: async () => undefined } as unknown as Projects;
  const spendCaps = { take: async () => {}, stop: async () => {} };
  const stats = await createModelStats(db, () => {});
  const blobs = {} as Parameters<typeof createTasks>[0]["blobs"];
  const turns = new queue.Turns();
  const pauses = await createSwitches({ db, bus, kind: "pause", log: () => {} });
  const lifecycle = (overLimit: OverLimit): LifecycleDeps => ({
    db,
    bus,
    models,
    stats,
    overLimit,
    keepFilesDays: 0,
    publishers: { divided: (revenue) => [...revenue] },
    meter: noMeter,
  });
  const tasksWith = (overLimit: OverLimit) =>
    createTasks({ ...lifecycle(overLimit), projects, blobs, spendCaps, turns, pauses, workers: () => [] });
  return {
    lifecycle: { reject: lifecycle("reject"), queue: lifecycle("queue") },
    tasks: { reject: tasksWith("reject"), queue: tasksWith("queue") },
  };
}

const OWNER = {
  kind: "key",
  keyId: 0,
  models: undefined,
  caps: 0,
  isOperator: false,
  actorUuid: "",
  memberId: 0,
} as const;
class Undo extends Error {}
let accounts = 0;

/** Plays one history on an account of its own, ends all its tasks, and asks the auditor after both. Returns how many operations changed something. */
export async function play(world: World, history: readonly (readonly Op[])[]): Promise<number> {
  const email = `history-${process.pid}-${++accounts}@test.example`;
  const overLimit = accounts % 2 === 0 ? "reject" : "queue";
  const tasks = world.tasks[overLimit];
  const crashing = world.lifecycle[overLimit];
  const { db, models } = crashing;
  // One task at a time, twelve, or as many as the money holds.
  const credit = [12n, 120n, 400n][accounts % 3]! * USD;
  const accountId = await db.write((tx) =>
    createAccount(tx, { email, name: "History", role: "member", credit, passwordHash: "none" }),
  );
  const principal = { accountId, accountUuid: "", projectId: 1, ...OWNER } as const;
  const begun: number[] = [];
  const attempts: AttemptModel[] = [];
  const acknowledged = new Set<number>();

  async function start(name: string): Promise<boolean> {
    const [owner = "", slug = ""] = name.split("/");
    const values = name === "test/echo" ? { prompt: "x" } : {};
    const { taskId } = await tasks.run(principal, tasks.model(owner, slug), {
      fields: values,
      wish: { priority: "normal", deadlineSeconds: undefined },
      tags: [],
      base: "http://127.0.0.1",
      ownBases: [],
    });
    begun.push(taskId);
    return true;
  }

  async function claim(worker: string): Promise<boolean> {
    const lease = await db.write(async (tx) => {
      const ids = models.all().map((model) => model.id);
      const [candidate] = await queue.candidates(db, tx, ids, 1);
      const taken = candidate && (await queue.lease(tx, candidate.task_id, worker));
      if (!taken) return undefined;
      const version = models.current(candidate.model_id)?.version ?? "";
      assert.ok(
        await beginAttempt(crashing, tx, { taskId: candidate.task_id, attempts: taken.attempts, version, model: "" }),
      );
      return { taskId: candidate.task_id, epoch: taken.epoch };
    });
    if (lease) attempts.push({ ...lease, worker, n: 0, told: 0 });
    return lease !== undefined;
  }

  /** One message of a worker; false where it was refused. */
  async function tell(attempt: AttemptModel, lease: LeaseRef, report: Report, told: number): Promise<boolean> {
    try {
      if ((await db.write((tx) => applyReport(crashing, tx, lease.worker, report))) !== "ok") return false;
    } catch (error) {
      if (error instanceof IllegalTransitionError) return false;
      throw error;
    }
    if (attempt.n === report.n - 1) Object.assign(attempt, { n: report.n, told: attempt.told + told });
    return true;
  }

  const events = (attempt: AttemptModel, count: number): Report["events"] =>
    LIFE.slice(attempt.told, attempt.told + count).map((type) => ({
      type,
      ms: 1,
      body: type === "task_output_full" ? { kind: "full" as const, raw: "" } : null,
    }));

  function reportOf(attempt: AttemptModel, count: number, n = attempt.n + 1): Report {
    return { t: "report", task: String(attempt.taskId), epoch: attempt.epoch, n, events: events(attempt, count) };
  }

  async function finish(attempt: AttemptModel, end: Extract<Op, { op: "finish" }>): Promise<boolean> {
    const report = reportOf(attempt, LIFE.length);
    const { exitCode, elapsedMs } = end;
    report.finish = {
      exitCode,
      elapsedMs,
      debugoutput: "",
      debugerror: "",
      answer: null,
      outputs: [],
      retry: false,
      reason: null,
    };
    const taken = await Promise.all(
      Array.from({ length: end.times }, () => tell(attempt, attempt, report, LIFE.length)),
    );
    if (exitCode === 0 && taken.includes(true)) acknowledged.add(attempt.taskId);
    return taken.includes(true);
  }

  async function retry(attempt: AttemptModel): Promise<boolean> {
    const report = reportOf(attempt, 0);
    report.finish = {
      exitCode: 1,
      elapsedMs: 0,
      debugoutput: "",
      debugerror: "",
      answer: null,
      outputs: [],
      retry: true,
      reason: "no room",
    };
    return tell(attempt, attempt, report, 0);
  }

  async function sweep(): Promise<boolean> {
    const lost = await db.write(async (tx) => {
      const expired = await queue.expired(db, tx, 100);
      for (const row of expired) {
        const lease = { taskId: row.task_id, epoch: row.epoch, worker: row.worker };
        await retryOrFail(crashing, tx, lease, { counted: true, reason: "The worker was lost." });
      }
      return expired;
    });
    return lost.length > 0;
  }

  const stop = (taskId: number, onlyQueued: boolean) =>
    db.write((tx) => cancel(crashing, tx, taskId, { onlyQueued, reason: "Stopped." }));

  /** A unit that does everything to a task and is lost before its commit. */
  async function crash(taskId: number): Promise<boolean> {
    const work = async (tx: Tx) => {
      await topUp(tx, { accountId, amount: USD, note: "lost" });
      await cancel(crashing, tx, taskId, { onlyQueued: false, reason: "lost" });
      throw new Undo();
    };
    await assert.rejects(db.write(work), Undo);
    return false;
  }

  async function perform(step: Op): Promise<boolean> {
    const attempt = "at" in step ? attempts[step.at % (attempts.length || 1)] : undefined;
    const taskId = "at" in step ? begun[step.at % (begun.length || 1)] : undefined;
    switch (step.op) {
      case "topup":
        await db.write((tx) => topUp(tx, { accountId, amount: BigInt(step.cents) * (USD / 100n), note: "" }));
        return true;
      case "run":
        // Codes 96 and 97 are answers, not faults.
        return start(step.model).catch((error: { code?: number }) =>
          error.code === 96 || error.code === 97 ? false : Promise.reject(error),
        );
      case "claim":
        return claim(`worker-${step.worker}`);
      case "report": {
        if (!attempt) return false;
        const n = attempt.n + { next: 1, again: 0, ahead: 2 }[step.n];
        if (n === 0) return false;
        const lease = { ...attempt, worker: step.as === "other-worker" ? "worker-9" : attempt.worker };
        const report = {
          ...reportOf(attempt, step.steps, n),
          epoch: attempt.epoch - (step.as === "older-epoch" ? 1 : 0),
        };
        const taken = await tell(attempt, lease, report, report.events.length);
        if (step.as !== "itself") assert.equal(taken, false, "somebody else's report was taken");
        return taken;
      }
      case "finish":
        return attempt ? finish(attempt, step) : false;
      case "give-up":
        return attempt ? retry(attempt) : false;
      case "lose":
        if (!attempt) return false;
        return db.write(async (tx) => {
          const ended = [tx.now - 1, attempt.taskId, attempt.epoch];
          return (
            (await tx.run(
              "update queue_entry set lease_until = ? where task_id = ? and epoch = ? and state = 'leased'",
              ended,
            )) > 0
          );
        });
      case "sweep":
        return sweep();
      case "release":
        if (!attempt) return false;
        await db.write((tx) => retryOrFail(crashing, tx, attempt, { counted: false, reason: "Drained." }));
        return true;
      case "renew":
        if (!attempt) return false;
        return (
          (
            await db.write((tx) =>
              queue.renew(tx, attempt.worker, [{ task: String(attempt.taskId), epoch: attempt.epoch }]),
            )
          ).length === 0
        );
      case "kill":
      case "cancel":
        return taskId === undefined ? false : stop(taskId, step.op === "cancel");
      case "crash":
        return taskId === undefined ? false : crash(taskId);
    }
  }

  let effective = 0;
  for (const moment of history) {
    const done = await Promise.all(moment.map(perform));
    effective += done.filter(Boolean).length;
  }
  assert.deepEqual(await audit(db), []);
  for (const taskId of begun) await stop(taskId, false);
  assert.deepEqual(await audit(db), []);
  const [wallet] = await db.all("select cast(held as text) as held, active from wallet where account_id = ?", [
    accountId,
  ]);
  assert.deepEqual({ ...wallet }, { held: "0", active: 0 }, "nothing is held once all tasks have ended");
  const paid = await db.all<{ id: number }>("select id from task where account_id = ? and pexit = '0'", [accountId]);
  for (const { id } of paid) assert.ok(acknowledged.has(id), `task ${id} succeeded without a report that said so`);
  return effective;
}
