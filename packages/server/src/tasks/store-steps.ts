/** The runs of an app's steps. */
import type { TaskStatus } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";

export interface StepRow {
  id: number;
  token: string;
  step: string;
  model_id: number;
  status: TaskStatus;
  pexit: string;
  /** JSON, the answer of a text model. */
  answer: string | null;
  bill: string | null;
  end_reason: string | null;
}

/** In the order in which they were started. */
export function stepsOf(db: Database | Tx, parentId: number): Promise<StepRow[]> {
  return db.all<StepRow>(
    "select id, token, step, model_id, status, pexit, answer, bill, end_reason from task where parent_id = ? order by id",
    [parentId],
  );
}

/** What a step is started with, of the run that it is part of. */
export interface AppRow {
  account_id: number;
  project_id: number;
  key_id: number;
  member_id: number;
  priority: number;
  /** That it was accepted at; `app` is this version's. */
  version: string;
  inputs: string;
  app: string;
  /** Nano-dollars. */
  hold: string;
}

export async function readApp(tx: Tx, taskId: number): Promise<AppRow> {
  const [row] = await tx.all<AppRow>(
    "select account_id, project_id, key_id, member_id, priority, version, inputs, app, cast(hold as text) as hold from task where id = ?",
    [taskId],
  );
  if (!row) throw new Error(`task ${taskId} does not exist`);
  return row;
}
