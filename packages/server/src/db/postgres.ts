/** PostgreSQL 15 or newer: a pool, one transaction per unit of work, retried where the engine asks for it. */
import type { CompiledQuery, QueryResult } from "kysely";
import pg from "pg";
import { type Database, type Param, StorageFullError, type Tx } from "./database.ts";
import { directKysely } from "./direct-driver.ts";

/** serialization_failure, deadlock_detected. */
const RETRY = new Set(["40001", "40P01"]);
/** disk_full, out_of_memory. */
const FULL = new Set(["53100", "53200"]);
const ATTEMPTS = 5;
/** 64-bit integers of ours (ids, milliseconds) all fit a JS number; money is read as text. */
const INT8 = 20;
const NOW = "select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now";

const types = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as "text"),
};

const texts = new Map<string, { name: string; text: string }>();
/** Counts how often all statements were prepared anew; part of their names. */
let round = 0;

/**
 * feature_not_supported, "cached plan must not change result type": a newer server on this database has added a column to a table
 * that a prepared statement reads whole. Under new names the statements are planned anew.
 */
const STALE_PLAN = "0A000";

function prepareAnew(): void {
  round += 1;
  texts.clear();
}

/** `?` placeholders → `$1 …`, with a stable statement name so that each connection plans it once. Our SQL has no literal `?`. */
function prepared(text: string): { name: string; text: string } {
  let entry = texts.get(text);
  if (!entry) {
    let n = 0;
    entry = { name: `hot${round}-${texts.size}`, text: text.replace(/\?/g, () => `$${++n}`) };
    texts.set(text, entry);
  }
  return entry;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

function executor(client: Pick<pg.Pool, "query">) {
  return async (query: CompiledQuery): Promise<QueryResult<unknown>> => {
    const result = await client.query(query.sql, query.parameters as unknown[]);
    return { rows: result.rows, numAffectedRows: BigInt(result.rowCount ?? 0) };
  };
}

export function openPostgres(url: string, options: { connections?: number } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 20,
    types,
    connectionTimeoutMillis: 10_000,
    // Statements here are short: starting processes or a compiler for one of them takes longer than it does.
    options: "-c max_parallel_workers_per_gather=0 -c jit=off",
  });
  // A dropped idle connection is replaced at the next use.
  pool.on("error", () => {});
  // One that drops while a unit uses it fails that unit's statement; its own event, unheard, would end the process.
  pool.on("connect", (client) => client.on("error", () => {}));

  async function attempt<T>(work: (tx: Tx) => Promise<T>): Promise<{ value: T; after: (() => void)[] }> {
    const client = await pool.connect();
    const after: (() => void)[] = [];
    let broken: Error | undefined;
    try {
      const started = await client.query({ text: `begin; ${NOW}` });
      const results = started as unknown as pg.QueryResult<{ now: number }>[];
      const now = results[1]?.rows[0]?.now ?? Number.NaN;
      let q: Tx["q"] | undefined;
      const tx: Tx = {
        get q() {
          q ??= directKysely("postgres", executor(client as unknown as Pick<pg.Pool, "query">));
          return q;
        },
        now,
        all: async <R>(text: string, params: readonly Param[]) =>
          (await client.query({ ...prepared(text), values: params as Param[] })).rows as R[],
        run: async (text, params) =>
          (await client.query({ ...prepared(text), values: params as Param[] })).rowCount ?? 0,
        afterCommit: (fn) => after.push(fn),
        chain: (fn) => after.push(fn),
      };
      const value = await work(tx);
      await client.query("commit");
      return { value, after };
    } catch (error) {
      await client.query("rollback").catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  return {
    kind: "postgres",
    q: directKysely("postgres", executor(pool)),
    lock: " for update",
    skipLocked: " for update skip locked",
    async all<R>(text: string, params: readonly Param[]) {
      const read = async () => (await pool.query({ ...prepared(text), values: params as Param[] })).rows as R[];
      return read().catch((error: unknown) => {
        if (codeOf(error) !== STALE_PLAN) throw error;
        prepareAnew();
        return read();
      });
    },
    now: async () => (await pool.query<{ now: number }>(NOW)).rows[0]?.now ?? Number.NaN,
    async write(work) {
      for (let n = 1; ; n++) {
        try {
          const { value, after } = await attempt(work);
          for (const fn of after) fn();
          return value;
        } catch (error) {
          const code = codeOf(error);
          if (FULL.has(code)) throw new StorageFullError("the database has no room", { cause: error });
          if (code === STALE_PLAN) prepareAnew();
          else if (!RETRY.has(code)) throw error;
          if (n >= ATTEMPTS) throw error;
        }
      }
    },
    close: () => pool.end(),
  };
}
