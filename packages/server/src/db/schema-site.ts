/** Tables behind pages that everybody sees. */
import type { Generated } from "kysely";

/** How the server was in one minute; a minute without a row is one in which it did not answer. */
export interface StatusSampleTable {
  /** Unix milliseconds of the minute's begin. */
  at: number;
  /** Workers that were connected. */
  workers: number;
  /** Tasks that waited for one. */
  ready: number;
  leased: number;
  /** 1: the operator kept all tasks waiting. */
  paused: 0 | 1;
}

/** What one account says of one model. */
export interface ModelCommentTable {
  id: Generated<number>;
  model_id: number;
  account_id: number;
  /** 1 to 5. */
  points: number;
  /** "" = points alone. */
  body: string;
  changed_at: number;
}

/** A link with which anybody can see one run. */
export interface RunShareTable {
  id: Generated<number>;
  task_id: number;
  account_id: number;
  /** SHA-256, hex. */
  token_hash: string;
  /** The token itself, sealed with the master key. */
  token_sealed: string;
  hide_inputs: 0 | 1;
  created_at: number;
  expires_at: number | null;
}
