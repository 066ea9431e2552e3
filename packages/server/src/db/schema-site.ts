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

export interface ModelReportTable {
  id: Generated<number>;
  model_id: number;
  reason: string;
  details: string;
  /** E-mail address, or empty. */
  contact: string;
  created_at: number;
}
