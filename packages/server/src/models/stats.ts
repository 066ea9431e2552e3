/**
 * How often a model ran, how it ended, how long it took and what it cost. Counted in memory and written about once a second:
 * a statement in every task's own unit would make popular models a row that everybody waits for. A crash loses at most the last
 * second of these counts, never of tasks or money.
 */
import type { Log, Money } from "@modelyard/contract";
import type { Database } from "../db/database.ts";

export interface ModelStat {
  runs: number;
  successes: number;
  errors: number;
  /** Tenths of milliseconds of all successful runs. */
  elapsed: number;
  /** Of all successful runs. */
  cost: Money;
  /** Unix milliseconds, 0 before the first. */
  lastRunAt: number;
}

/** What accounts that have run it say of a model. */
export interface Rating {
  /** Mean of the points, 1 to 5, with two decimals; 0 before the first. */
  average: number;
  /** Accounts that gave points, and those that wrote something too. */
  rated: number;
  comments: number;
}

/** Of the latest successful runs, in tenths of milliseconds. */
export interface RunTimes {
  p50: number;
  p95: number;
  /** What half of them cost at most; undefined where no cost is known. */
  cost: Money | undefined;
}

export interface ModelStats {
  of(modelId: number): ModelStat & { rating: Rating };
  /** Reads the model's points again after they have changed. */
  rerate(modelId: number): Promise<void>;
  /** Of the last hundred successes; undefined before the first. */
  times(modelId: number): RunTimes | undefined;
  /** The same of runs that are alike (contract's alike.ts); of all, where less than ALIKE of those are known. */
  timesOf(modelId: number, likeness: string): RunTimes | undefined;
  /** For each likeness with ALIKE known runs or more, the one that ran last first. */
  timesAlike(modelId: number): { likeness: string; times: RunTimes }[];
  accepted(modelId: number): void;
  /** `elapsed` and `cost` count only for a success. */
  ended(modelId: number, end: { success: boolean; elapsed: number; cost: Money; at: number; likeness: string }): void;
  /** Writes what has not been written yet. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Run times kept of each model, and those that count where likeness does not. */
const KEPT = 300;
const RECENT = 100;
/** Runs that are alike before they say how long such a run takes. */
const ALIKE = 3;
/** Tasks read at the start to know recent run times again; the newest of all models. */
const SEED_TASKS = 2_000;

const FLUSH_MS = 1_000;
const NOTHING: ModelStat = { runs: 0, successes: 0, errors: 0, elapsed: 0, cost: 0n, lastRunAt: 0 };

function sum(a: ModelStat, b: ModelStat): ModelStat {
  return {
    runs: a.runs + b.runs,
    successes: a.successes + b.successes,
    errors: a.errors + b.errors,
    elapsed: a.elapsed + b.elapsed,
    cost: a.cost + b.cost,
    // Not Math.max(): the clock of this process is the only one that sets it.
    lastRunAt: b.lastRunAt > a.lastRunAt ? b.lastRunAt : a.lastRunAt,
  };
}

const UPSERT = `insert into model_stat (model_id, runs, successes, errors, elapsed, cost, last_run_at) values (?, ?, ?, ?, ?, ?, ?)
  on conflict (model_id) do update set runs = model_stat.runs + excluded.runs, successes = model_stat.successes + excluded.successes,
  errors = model_stat.errors + excluded.errors, elapsed = model_stat.elapsed + excluded.elapsed, cost = model_stat.cost + excluded.cost,
  last_run_at = excluded.last_run_at`;

interface StatRow {
  model_id: number;
  runs: number;
  successes: number;
  errors: number;
  elapsed: number;
  cost: string;
  last_run_at: number;
}

const UNRATED: Rating = { average: 0, rated: 0, comments: 0 };

/** Of all rated models, or of one. */
async function readRatings(db: Database, modelId?: number): Promise<Map<number, Rating>> {
  const one = modelId === undefined ? "" : "where model_id = ?";
  const rows = await db.all<{ model_id: number; points: number; rated: number; comments: number }>(
    `select model_id, sum(points) as points, count(*) as rated, sum(case when body <> '' then 1 else 0 end) as comments
     from model_comment ${one} group by model_id`,
    modelId === undefined ? [] : [modelId],
  );
  return new Map(
    rows.map((row) => {
      const rated = Number(row.rated);
      const average = Math.round((Number(row.points) / rated) * 100) / 100;
      return [Number(row.model_id), { average, rated, comments: Number(row.comments) }];
    }),
  );
}

interface Ran {
  elapsed: number;
  likeness: string;
  /** Undefined for steps of apps that ended before this start: their app was charged. */
  cost: Money | undefined;
}

function medianCost(ran: readonly Ran[]): Money | undefined {
  const costs = ran.flatMap(({ cost }) => cost ?? []).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return costs[Math.ceil(costs.length / 2) - 1];
}

function timesIn(ran: readonly Ran[]): RunTimes | undefined {
  if (ran.length === 0) return undefined;
  const sorted = ran.map(({ elapsed }) => elapsed).toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] as number;
  return { p50: at(0.5), p95: at(0.95), cost: medianCost(ran) };
}

interface LatestRow {
  model_id: number;
  parent_id: number;
  elapsed: number;
  likeness: string;
  cost: string | null;
  status: string;
  pexit: string;
}

export async function createModelStats(db: Database, log: Log): Promise<ModelStats> {
  const rows = await db.all<StatRow>(
    "select model_id, runs, successes, errors, elapsed, cast(cost as text) as cost, last_run_at from model_stat",
    [],
  );
  const totals = new Map<number, ModelStat>(
    rows.map(({ model_id, cost, last_run_at, ...counts }) => [
      model_id,
      { ...counts, cost: BigInt(cost), lastRunAt: last_run_at },
    ]),
  );
  const ratings = await readRatings(db);
  let pending = new Map<number, ModelStat>();
  const kept = new Map<number, Ran[]>();
  const remember = (modelId: number, ran: Ran) => {
    const known = kept.get(modelId) ?? [];
    known.push(ran);
    if (known.length > KEPT) known.shift();
    kept.set(modelId, known);
  };
  const latest = await db.all<LatestRow>(
    "select model_id, parent_id, elapsed, likeness, cast(cost as text) as cost, status, pexit from task order by id desc limit ?",
    [SEED_TASKS],
  );
  for (const { model_id, parent_id, elapsed, likeness, cost, status, pexit } of latest.toReversed()) {
    if (status !== "task_postprocess_end" || pexit !== "0") continue;
    const known = cost === null || parent_id > 0 ? undefined : BigInt(cost);
    remember(model_id, { elapsed, likeness, cost: known });
  }
  let flushing: Promise<void> = Promise.resolve();

  function add(modelId: number, change: Partial<ModelStat>): void {
    const full = { ...NOTHING, ...change };
    totals.set(modelId, sum(totals.get(modelId) ?? NOTHING, full));
    pending.set(modelId, sum(pending.get(modelId) ?? NOTHING, full));
  }

  async function write(): Promise<void> {
    if (pending.size === 0) return;
    const changes = pending;
    pending = new Map();
    try {
      await db.write(async (tx) => {
        for (const [id, stat] of changes) {
          await tx.run(UPSERT, [id, stat.runs, stat.successes, stat.errors, stat.elapsed, stat.cost, stat.lastRunAt]);
        }
      });
    } catch (error) {
      for (const [id, stat] of changes) pending.set(id, sum(stat, pending.get(id) ?? NOTHING));
      log(`run counts were not written: ${String(error)}`, { level: "error" });
    }
  }

  function flush(): Promise<void> {
    flushing = flushing.then(write);
    return flushing;
  }

  const times = (modelId: number) => timesIn((kept.get(modelId) ?? []).slice(-RECENT));

  const timer = setInterval(() => void flush(), FLUSH_MS);
  timer.unref();

  return {
    of: (modelId) => ({ ...(totals.get(modelId) ?? NOTHING), rating: ratings.get(modelId) ?? UNRATED }),
    async rerate(modelId) {
      const fresh = (await readRatings(db, modelId)).get(modelId);
      if (fresh) ratings.set(modelId, fresh);
      else ratings.delete(modelId);
    },
    times,
    timesOf(modelId, likeness) {
      const alike = (kept.get(modelId) ?? []).filter((ran) => ran.likeness === likeness);
      return alike.length < ALIKE ? times(modelId) : timesIn(alike);
    },
    timesAlike(modelId) {
      const groups = Map.groupBy((kept.get(modelId) ?? []).toReversed(), ({ likeness }) => likeness);
      return [...groups].flatMap(([likeness, ran]) => {
        const found = ran.length < ALIKE ? undefined : timesIn(ran);
        return found ? [{ likeness, times: found }] : [];
      });
    },
    accepted: (modelId) => add(modelId, { runs: 1 }),
    ended(modelId, { success, elapsed, cost, at, likeness }) {
      if (success) remember(modelId, { elapsed, likeness, cost });
      add(modelId, success ? { successes: 1, elapsed, cost, lastRunAt: at } : { errors: 1, lastRunAt: at });
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
