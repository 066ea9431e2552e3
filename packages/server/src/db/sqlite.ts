/**
 * SQLite: one writer connection with group commit, one read-only connection.
 *
 * Units of work that arrive while the event loop turns share one transaction, each in its own savepoint, and so one fsync:
 * 51,000 durable inserts a second against 4,600 one by one (measured, docs/decisions/0002). `synchronous=FULL` because NORMAL
 * loses acknowledged rows at a power cut.
 */
import type { Log } from "@modelyard/contract";
import BetterSqlite, { type Database as Connection, type Statement } from "better-sqlite3";
import type { CompiledQuery, QueryResult } from "kysely";
import { type Database, type Param, type Row, StorageFullError, type Tx } from "./database.ts";
import { directKysely } from "./direct-driver.ts";

/** Units in one transaction at most, so that a flood cannot hold back the first ones' replies for long. */
const BATCH = 256;

interface Unit {
  work: (tx: Tx) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** A unit that has run, with what is to be done once its batch is durable. */
interface Ended {
  after: (() => void)[];
  settle: () => void;
}

/** Wall time that cannot jump while the process lives: leases must not expire because somebody set the clock. */
function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

function statements(connection: Connection): (text: string) => Statement<Param[], Row> {
  const cache = new Map<string, Statement<Param[], Row>>();
  return (text) => {
    let statement = cache.get(text);
    if (!statement) {
      statement = connection.prepare<Param[], Row>(text);
      if (cache.size < 500) cache.set(text, statement);
    }
    return statement;
  };
}

function executor(prepare: (text: string) => Statement<Param[], Row>) {
  return async (query: CompiledQuery): Promise<QueryResult<unknown>> => {
    const statement = prepare(query.sql);
    const params = query.parameters as Param[];
    if (statement.reader) return { rows: statement.all(...params) };
    const { changes, lastInsertRowid } = statement.run(...params);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  };
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "SQLITE_FULL";
}

function isIoError(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("SQLITE_IOERR")
  );
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "SQLITE_BUSY";
}

/**
 * Two processes that write one file starve each other, so the second one is refused. The lock is the operating system's: an open
 * transaction on a file beside the store. It ends with its process, however that ends, and needs no process id to be believed;
 * the id in the file is only for the message. The file stays: removing it would let two processes lock two files of one name.
 */
function takeLock(path: string): () => void {
  const lock = new BetterSqlite(`${path}-lock`, { timeout: 0 });
  try {
    lock.exec("begin immediate");
    try {
      lock.exec(`pragma user_version = ${process.pid}; commit`);
    } catch (error) {
      // A full disk keeps nobody from starting.
      if (!isFull(error)) throw error;
      if (lock.inTransaction) lock.exec("rollback");
    }
    lock.exec("begin immediate");
    return () => lock.close();
  } catch (error) {
    const holder = isBusy(error) ? holderOf(lock) : undefined;
    lock.close();
    if (holder === undefined) throw error;
    throw new Error(`another Modelyard server (process ${holder}) already uses ${path}`, { cause: error });
  }
}

function holderOf(lock: Connection): string {
  try {
    return String(lock.pragma("user_version", { simple: true }));
  } catch {
    return "unknown";
  }
}

export function openSqlite(path: string, log: Log = () => {}): Database {
  const unlock = takeLock(path);
  const writer = new BetterSqlite(path);
  writer.pragma("journal_mode = WAL");
  writer.pragma("synchronous = FULL");
  writer.pragma("foreign_keys = ON");
  writer.pragma("busy_timeout = 5000");
  writer.pragma("cache_size = -16000");
  writer.pragma("wal_autocheckpoint = 4000");
  const reader = new BetterSqlite(path, { readonly: true });
  reader.pragma("busy_timeout = 5000");
  reader.pragma("cache_size = -8000");

  const prepareWrite = statements(writer);
  const prepareRead = statements(reader);
  const writeQ = directKysely("sqlite", executor(prepareWrite));
  const readQ = directKysely("sqlite", executor(prepareRead));

  const waiting: Unit[] = [];
  let flushing: Promise<void> | undefined;
  let closed = false;

  const begin = writer.prepare("begin immediate");
  const commit = writer.prepare("commit");
  const rollback = writer.prepare("rollback");
  const savepoint = writer.prepare("savepoint unit");
  const release = writer.prepare("release unit");
  const rollbackTo = writer.prepare("rollback to unit");

  /** Runs one unit in its savepoint; returns what to do once the batch is durable. */
  async function runUnit(unit: Unit, now: number): Promise<Ended> {
    const after: (() => void)[] = [];
    const tx: Tx = {
      q: writeQ,
      now,
      all: async <R>(text: string, params: readonly Param[]) => prepareWrite(text).all(...params) as R[],
      run: async (text, params) => prepareWrite(text).run(...params).changes,
      afterCommit: (fn) => after.push(fn),
      chain: (fn) => fn(),
    };
    savepoint.run();
    try {
      const value = await unit.work(tx);
      release.run();
      return { after, settle: () => unit.resolve(value) };
    } catch (error) {
      if (!writer.inTransaction) throw error;
      rollbackTo.run();
      release.run();
      const reason = isFull(error) ? new StorageFullError("the database has no room", { cause: error }) : error;
      return { after: [], settle: () => unit.reject(reason) };
    }
  }

  async function runBatch(): Promise<void> {
    const taken: Unit[] = [];
    const ended: Ended[] = [];
    try {
      begin.run();
      const now = steadyNow();
      // Units that the running ones cause (a claim after an accept) join the same transaction.
      for (let unit = waiting.shift(); unit; unit = taken.length < BATCH ? waiting.shift() : undefined) {
        taken.push(unit);
        ended.push(await runUnit(unit, now));
      }
      commit.run();
    } catch (error) {
      if (writer.inTransaction) rollback.run();
      const cause = isFull(error) ? new StorageFullError("the database has no room", { cause: error }) : error;
      for (const unit of taken) unit.reject(cause);
      if (isIoError(error)) {
        // After a failed fsync nobody knows what is on the disk; going on would be pretending. A restart recovers from the log.
        log(`fatal: the database file cannot be written: ${String(error)}`, { level: "error" });
        process.exit(70);
      }
      return;
    }
    // First what was waiting for durability (messages to workers), then the callers' replies, which can take their time.
    for (const { after } of ended) for (const fn of after) fn();
    for (const { settle } of ended) settle();
  }

  function schedule(): void {
    flushing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      while (waiting.length > 0) await runBatch();
      flushing = undefined;
    });
  }

  return {
    kind: "sqlite",
    q: readQ,
    lock: "",
    skipLocked: "",
    all: async <R>(text: string, params: readonly Param[]) => prepareRead(text).all(...params) as R[],
    now: async () => steadyNow(),
    write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
      if (closed) return Promise.reject(new Error("the database is closed"));
      return new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
        schedule();
      });
    },
    async close() {
      if (closed) return;
      closed = true;
      while (flushing) await flushing;
      reader.close();
      writer.close();
      unlock();
    },
  };
}
