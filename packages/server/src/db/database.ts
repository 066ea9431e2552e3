/**
 * The one handle on the store. Reads see committed data only; every write is a unit of work that is durable (fsynced) when
 * its promise resolves. The same code runs on SQLite (db/sqlite.ts) and PostgreSQL (db/postgres.ts).
 */
import { type Expression, type Kysely, type RawBuilder, sql } from "kysely";
import type { Schema } from "./schema.ts";

export type Param = string | number | bigint | null;
export type Row = Record<string, unknown>;

/** Inside one unit of work. It must await nothing but its own statements: on SQLite the next unit waits for it. */
export interface Tx {
  /** Query builder bound to this unit. */
  readonly q: Kysely<Schema>;
  /** Prepared SQL text for the few hot statements, `?` as placeholder on both engines. Returns its rows. */
  all<R = Row>(text: string, params: readonly Param[]): Promise<R[]>;
  /** The same for statements without rows; returns how many rows changed. */
  run(text: string, params: readonly Param[]): Promise<number>;
  /** Unix milliseconds, fixed for this unit, by the database's clock. */
  readonly now: number;
  /** Runs `fn` once the unit is durable; never when it is rolled back. */
  afterCommit(fn: () => void): void;
  /**
   * For work that this unit makes possible (a claim after an accept): `fn` queues it by `Database.write`. On SQLite it is called
   * at once, so that both units share one fsync; on PostgreSQL after the commit.
   */
  chain(fn: () => void): void;
}

export interface Database {
  readonly kind: "sqlite" | "postgres";
  /** Queries outside a unit of work; committed data only. */
  readonly q: Kysely<Schema>;
  all<R = Row>(text: string, params: readonly Param[]): Promise<R[]>;
  /** Unix milliseconds by the database's clock. */
  now(): Promise<number>;
  /** Runs `work` as one atomic, durable unit; what it throws rolls the unit back and is thrown on. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Row lock for a select inside a unit; SQLite has one writer and needs none. */
  readonly lock: "" | " for update";
  readonly skipLocked: "" | " for update skip locked";
  close(): Promise<void>;
}

/** Reads a money column exactly: as text, to be turned into a bigint. */
export function money(column: string | Expression<unknown>): RawBuilder<string> {
  return sql<string>`cast(${typeof column === "string" ? sql.ref(column) : column} as text)`;
}

/** The store has no room (disk full, quota): the write was not done and nothing was lost. */
export class StorageFullError extends Error {
  override name = "StorageFullError";
}
