/** The tables of models, as schema.ts. */
import type { Generated } from "kysely";
import type { MoneyColumn } from "./money-column.ts";

export interface ModelTable {
  id: Generated<number>;
  owner: string;
  slug: string;
  clean_owner: string;
  clean_slug: string;
  version: string;
  created_at: number;
}

export interface ModelStatTable {
  model_id: number;
  runs: number;
  successes: number;
  errors: number;
  /** Tenths of milliseconds. */
  elapsed: number;
  cost: MoneyColumn;
  last_run_at: number;
}

/** A version of a model that an operator added while the server ran. */
export interface ModelVersionTable {
  id: Generated<number>;
  model_id: number;
  version: string;
  /** JSON; what old tasks are shown with when the files are gone. */
  manifest: string;
  /** 1 = runs that start now get it; one of a model at most. None: the version of the server's own folder, if there is one. */
  active: number;
  /** As in the audit log. */
  added_by: string;
  added_at: number;
  /** Its files go at the next start. */
  removed_at: number | null;
}

/** What visitors say is wrong with a model. */
export interface ModelReportTable {
  id: Generated<number>;
  model_id: number;
  reason: string;
  details: string;
  /** E-mail address, or empty. */
  contact: string;
  created_at: number;
  /** The comment it is about; null = it is about the model. */
  comment_id: Generated<number | null>;
  /** When an operator had dealt with it. */
  closed_at: Generated<number | null>;
}
