/** The tables of tasks and of the queue; types and conventions as in schema.ts. */
import type { PriceMethod, TaskStatus } from "@modelyard/contract";
import type { ColumnType, Generated } from "kysely";
import type { MoneyColumn } from "./money-column.ts";

export interface TaskTable {
  id: Generated<number>;
  token: string;
  account_id: number;
  project_id: number;
  /** Key that started it; 0 = a signed-in account, or nobody knows any more. */
  key_id: Generated<number>;
  /** Membership of who ran it for an organisation; 0 = none. */
  member_id: Generated<number>;
  /** Spend caps that its hold is counted in: 1 the project's, 2 the key's, 4 the member's. */
  caps: Generated<number>;
  /** Its caller's tags with commas between; task_tag has them to be looked for. */
  tags: Generated<string>;
  model_id: number;
  /** Which runs of the model take about as long (contract's alike.ts). */
  likeness: Generated<string>;
  version: string;
  status: TaskStatus;
  /** JSON of contract's RunInputs.values. */
  inputs: string;
  /** JSON of what the caller sent, files as addresses. */
  parameters: string;
  callback_url: string;
  /** Base address for the outputs in the callback; "" where there is no callback. */
  callback_base: Generated<string>;
  price_method: PriceMethod;
  price: MoneyColumn;
  /** The rest of the quote (tasks/terms.ts). */
  price_terms: Generated<string>;
  /** Lines of the bill of a success, JSON. */
  bill: string | null;
  hold: MoneyColumn;
  cost: ColumnType<never, bigint | null, bigint>;
  debugoutput: Generated<string>;
  debugerror: Generated<string>;
  /** The answer of a text model, JSON; null otherwise. */
  answer: string | null;
  pexit: Generated<string>;
  /** Tenths of a millisecond that the model itself ran (the wire prints four decimals of a second). */
  elapsed: Generated<number>;
  end_reason: string | null;
  last_event: number;
  attempts: Generated<number>;
  /** JSON of the steps (contract's AppRunner) of a run of an app, as they were when it was accepted; null for other models. */
  app: string | null;
  /** The app's run that this is a step of; 0 = none. A step holds and pays nothing: its app does. */
  parent_id: Generated<number>;
  /** Which run of which step (apps/policy-plan.ts); "" where it is none. */
  step: Generated<string>;
  /** As in queue_entry, for tasks that have left it. */
  priority: Generated<number>;
  deadline: Generated<number>;
  /** Unix milliseconds after which its files are removed; 0 = kept, or not ended yet. */
  expires_at: Generated<number>;
  /** When its files were removed; 0 = they are there. */
  files_gone_at: Generated<number>;
  created_at: number;
  accepted_at: Generated<number>;
  preprocess_start_at: Generated<number>;
  preprocess_end_at: Generated<number>;
  assigned_at: Generated<number>;
  started_at: Generated<number>;
  ended_at: Generated<number>;
  postprocess_start_at: Generated<number>;
  postprocess_end_at: Generated<number>;
  cancelled_at: Generated<number>;
}

/** The tags of tasks, to find the tasks by. */
export interface TaskTagTable {
  account_id: number;
  tag: string;
  task_id: number;
}

/** Entries of tasks' logs. Events that were written together share a row: a quick run needs three rows instead of twelve. */
export interface TaskEventTable {
  task_id: number;
  /** Number of the row's last event. */
  seq: number;
  /** JSON list of contract's TaskEvent, numbers ascending without gaps. */
  events: string;
}

/** Exactly the tasks that are not terminal: who may write (the lease), apart from what the wire shows (task.status). */
export interface QueueEntryTable {
  task_id: number;
  model_id: number;
  account_id: number;
  project_id: number;
  priority: number;
  /** Place among the tasks of one priority: projects take turns (queue/turns.ts). */
  turn: number;
  /** `waiting`: beyond its account's concurrency limit, not to be claimed yet. `steps`: an app whose steps are run. */
  state: "waiting" | "ready" | "leased" | "steps";
  epoch: number;
  attempts: number;
  worker: string | null;
  lease_until: number;
  /** Number of the last report applied in this attempt. */
  report: number;
  /** Unix milliseconds; a task that still waits then ends unbilled. 0 = none. */
  deadline: number;
}
