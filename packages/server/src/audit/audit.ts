/**
 * The auditor: derives again, from raw rows alone, what the rest of the server promises about tasks and money
 * (reliability.md (a): T2, T9, L1, L3, L4). It changes nothing, so it may run at any time; of a store that is being written
 * to, a task in motion between two of its reads may be named once.
 */
import type { TaskEvent, TaskStatus } from "@modelyard/contract";
import type { Database } from "../db/database.ts";
import type { Fault } from "./fault.ts";
import { checkTask, type TaskFacts } from "./task-rules.ts";
import { checkWallets } from "./wallet-rules.ts";

/** Tasks looked at together. */
const PAGE = 500;

/** Everything that is wrong; an empty list is the promise kept. */
export async function audit(db: Database): Promise<Fault[]> {
  return [...(await auditTasks(db)), ...(await orphans(db)), ...(await checkWallets(db))];
}

interface TaskRow {
  id: number;
  status: TaskStatus;
  pexit: string;
  hold: string;
  cost: string | null;
  last_event: number;
  attempts: number;
  account_id: number;
  app: number;
  parent: TaskStatus | null;
}

interface TransferRow {
  task_id: number;
  kind: string;
  debit: string;
  credit: string;
  amount: string;
}

interface EntryRow {
  task_id: number;
  state: string;
  worker: string | null;
  attempts: number;
  epoch: number;
  lease_until: number;
}

async function auditTasks(db: Database): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (let after = 0; ; ) {
    const tasks = await db.all<TaskRow>(
      `select t.id, t.status, t.pexit, cast(t.hold as text) as hold, cast(t.cost as text) as cost, t.last_event, t.attempts,
         t.account_id, case when t.app is null then 0 else 1 end as app, p.status as parent
       from task t left join task p on p.id = t.parent_id and t.parent_id > 0 where t.id > ? order by t.id limit ?`,
      [after, PAGE],
    );
    const last = tasks.at(-1)?.id;
    if (last === undefined) return faults;
    for (const facts of await factsOf(db, tasks, [after, last])) {
      for (const message of checkTask(facts)) faults.push({ subject: `task ${facts.id}`, message });
    }
    after = last;
  }
}

/** The rows about the tasks with ids in (after, last]. */
async function factsOf(
  db: Database,
  tasks: readonly TaskRow[],
  range: [after: number, last: number],
): Promise<TaskFacts[]> {
  const now = await db.now();
  const entries = await db.all<EntryRow>(
    "select task_id, state, worker, attempts, epoch, lease_until from queue_entry where task_id > ? and task_id <= ?",
    range,
  );
  const transfers = await db.all<TransferRow>(
    `select task_id, kind, debit, credit, cast(amount as text) as amount from ledger_transfer
     where task_id is not null and task_id > ? and task_id <= ? order by id`,
    range,
  );
  const logs = await db.all<{ task_id: number; seq: number; events: string }>(
    "select task_id, seq, events from task_event where task_id > ? and task_id <= ? order by task_id, seq",
    range,
  );
  const entryOf = new Map(entries.map((entry) => [entry.task_id, entry]));
  const transfersOf = Map.groupBy(transfers, (transfer) => transfer.task_id);
  const logOf = Map.groupBy(logs, (row) => row.task_id);
  return tasks.map(({ app, parent, ...task }) => ({
    ...task,
    isApp: app === 1,
    parentStatus: parent ?? undefined,
    now,
    hold: BigInt(task.hold),
    cost: task.cost === null ? null : BigInt(task.cost),
    entry: entryOf.get(task.id),
    transfers: (transfersOf.get(task.id) ?? []).map((transfer) => ({ ...transfer, amount: BigInt(transfer.amount) })),
    log: (logOf.get(task.id) ?? []).map((row) => ({ seq: row.seq, events: JSON.parse(row.events) as TaskEvent[] })),
  }));
}

/** Rows that speak of a task which does not exist. */
async function orphans(db: Database): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const [table, name] of [
    ["queue_entry", "queue entry"],
    ["task_event", "log of task"],
    ["ledger_transfer", "transfer of task"],
  ] as const) {
    const rows = await db.all<{ task_id: number }>(
      `select distinct o.task_id from ${table} o left join task t on t.id = o.task_id where t.id is null and o.task_id is not null`,
      [],
    );
    for (const row of rows) faults.push({ subject: `${name} ${row.task_id}`, message: "there is no such task" });
  }
  return faults;
}
