/**
 * An account's tasks in pages, with how many there are. Whatever a list is narrowed by that never changes is in the index
 * `task_history`, so that counting and skipping read it alone; failed and cancelled tasks have small indexes of their own, those that
 * go on are in the queue, and those that succeeded are the rest. What is in no index (inputs, cost) is looked for in the newest
 * WINDOW tasks.
 */
import type { TaskOutcome, TaskStatus } from "@modelyard/contract";
import type { Database } from "../db/database.ts";
import type { ListQuery } from "./policy.ts";
import { exact, READ, type StoredTask, type TaskRow } from "./store.ts";

export interface TaskFilter extends Omit<ListQuery, "modelName"> {
  accountId: number;
  /** Only tasks of these models; undefined = of all. */
  modelIds: readonly number[] | undefined;
}

/** Tasks that a search in inputs, or by cost, looks through: the newest ones that fit what else was asked for. */
export const WINDOW = 20_000;

type Part = [sql: string, ...params: (string | number)[]];

/** All of these in one condition. */
function joined(parts: readonly Part[]): { where: string; params: (string | number)[] } {
  return { where: parts.map(([sql]) => sql).join(" and "), params: parts.flatMap(([, ...params]) => params) };
}

/** What never changes. Steps of apps are shown with their app; the 0 stands in the text, as it does in the partial indexes. */
function fixed({ accountId, modelIds, projectId, parentId, from, to, tags }: TaskFilter): Part[] {
  return [
    ["t.account_id = ?", accountId],
    parentId === undefined ? ["t.parent_id = 0"] : ["t.parent_id = ?", parentId],
    ...(modelIds ? [[`t.model_id in (${modelIds.map(() => "?").join(", ")})`, ...modelIds] as Part] : []),
    ...(projectId === undefined ? [] : [["t.project_id = ?", projectId] as Part]),
    ...(from === undefined ? [] : [["t.created_at >= ?", from] as Part]),
    ...(to === undefined ? [] : [["t.created_at < ?", to] as Part]),
    ...tags.map(
      (tag): Part => ["t.id in (select task_id from task_tag where account_id = ? and tag = ?)", accountId, tag],
    ),
  ];
}

function outcomePart(outcome: TaskOutcome, accountId: number): Part {
  switch (outcome) {
    case "active":
      return ["t.id in (select task_id from queue_entry where account_id = ?)", accountId];
    case "done":
      return ["t.status = 'task_postprocess_end' and t.pexit = '0'"];
    case "failed":
      return ["t.status = 'task_postprocess_end' and t.pexit <> '0'"];
    case "cancelled":
      return ["t.status = 'task_cancel'"];
  }
}

/** What only the rows themselves know. */
function inRows({ search, costFrom, costTo }: TaskFilter): Part[] {
  const like = `%${search.replace(/[\\%_]/g, "\\$&")}%`;
  const id = /^\d{1,15}$/.test(search) ? Number(search) : 0;
  return [
    ...(search === "" ? [] : [["(t.id = ? or lower(t.parameters) like ? escape '\\')", id, like] as Part]),
    ...(costFrom === undefined ? [] : [["t.cost >= ?", Number(costFrom)] as Part]),
    ...(costTo === undefined ? [] : [["t.cost <= ?", Number(costTo)] as Part]),
  ];
}

async function countWhere(db: Database, parts: readonly Part[]): Promise<number> {
  const { where, params } = joined(parts);
  const [row] = await db.all<{ n: number }>(`select count(*) as n from task t where ${where}`, params);
  return row?.n ?? 0;
}

/** How many fit, from indexes alone. */
async function countFixed(db: Database, filter: TaskFilter, outcome = filter.outcome): Promise<number> {
  const parts = fixed(filter);
  if (outcome === undefined) return countWhere(db, parts);
  if (outcome !== "done") return countWhere(db, [...parts, outcomePart(outcome, filter.accountId)]);
  let rest = await countWhere(db, parts);
  for (const other of ["active", "failed", "cancelled"] as const) rest -= await countFixed(db, filter, other);
  return rest;
}

/** The newest tasks that fit what the index knows, as far as a search goes, as a table `t`; its limit keeps the search out of the rest. */
function windowOf(filter: TaskFilter): { table: string; params: (string | number)[] } {
  const { before, outcome, accountId } = filter;
  const { where, params } = joined([
    ...fixed(filter),
    ...(outcome ? [outcomePart(outcome, accountId)] : []),
    ...(before === undefined ? [] : [["t.id < ?", before] as Part]),
  ]);
  const columns = "t.id, t.parameters, t.cost";
  return { table: `(select ${columns} from task t where ${where} order by t.id desc limit ${WINDOW}) t`, params };
}

/** The rows of these tasks, in this order. */
async function rowsOf(db: Database, ids: readonly number[], order: "asc" | "desc"): Promise<TaskRow[]> {
  if (ids.length === 0) return [];
  const marks = ids.map(() => "?").join(", ");
  const rows = await db.all<StoredTask>(`${READ} where t.id in (${marks}) order by t.id ${order}`, ids);
  return rows.map(exact);
}

/** One page of an account's tasks by their ids, and how many there are in all, whatever the page. */
export async function listTasks(db: Database, filter: TaskFilter): Promise<{ total: number; rows: TaskRow[] }> {
  const { accountId, modelIds, outcome, order, start, limit, before } = filter;
  if (modelIds?.length === 0) return { total: 0, rows: [] };
  const searched = inRows(filter);
  if (searched.length > 0) {
    // All that fit, at most WINDOW numbers: looking twice would cost more.
    const { table, params } = windowOf(filter);
    const { where, params: wanted } = joined(searched);
    const found = await db.all<{ id: number }>(`select t.id from ${table} where ${where} order by t.id ${order}`, [
      ...params,
      ...wanted,
    ]);
    const page = found.slice(start, start + limit).map(({ id }) => id);
    return { total: found.length, rows: await rowsOf(db, page, order) };
  }
  const total = await countFixed(db, filter);
  if (total === 0) return { total, rows: [] };
  const { where, params } = joined([
    ...fixed(filter),
    ...(outcome ? [outcomePart(outcome, accountId)] : []),
    ...(before === undefined ? [] : [["t.id < ?", before] as Part]),
  ]);
  // What is skipped is skipped in the index; only the page's own rows are read.
  const page = await db.all<{ id: number }>(
    `select t.id from task t where ${where} order by t.id ${order} limit ? offset ?`,
    [...params, limit, start],
  );
  return {
    total,
    rows: await rowsOf(
      db,
      page.map(({ id }) => id),
      order,
    ),
  };
}

/** How many of an account's tasks are in each status. */
export async function countByStatus(db: Database, accountId: number): Promise<Map<TaskStatus, number>> {
  const active = await db.all<{ status: TaskStatus; n: number }>(
    `select t.status, count(*) as n from queue_entry q join task t on t.id = q.task_id
     where q.account_id = ? and t.parent_id = 0 group by t.status`,
    [accountId],
  );
  const parts: Part[] = [["t.account_id = ?", accountId], ["t.parent_id = 0"]];
  const all = await countWhere(db, parts);
  const cancelled = await countWhere(db, [...parts, outcomePart("cancelled", accountId)]);
  const going = active.reduce((sum, { n }) => sum + n, 0);
  return new Map<TaskStatus, number>([
    ...active.map(({ status, n }) => [status, n] as const),
    ["task_cancel", cancelled],
    ["task_postprocess_end", all - cancelled - going],
  ]);
}
