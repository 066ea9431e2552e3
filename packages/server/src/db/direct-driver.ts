import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Schema } from "./schema.ts";

export type Execute = (query: CompiledQuery) => Promise<QueryResult<unknown>>;

class Connection implements DatabaseConnection {
  readonly #execute: Execute;
  constructor(execute: Execute) {
    this.#execute = execute;
  }
  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#execute(query) as Promise<QueryResult<R>>;
  }
  // biome-ignore lint/correctness/useYield: streaming is not used anywhere
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("streaming is not supported");
  }
}

/** Transactions are begun and ended by db/sqlite.ts and db/postgres.ts, never through Kysely. */
class DirectDriver implements Driver {
  readonly #connection: Connection;
  constructor(execute: Execute) {
    this.#connection = new Connection(execute);
  }
  async init() {}
  async acquireConnection() {
    return this.#connection;
  }
  async beginTransaction() {
    throw new Error("use Database.write");
  }
  async commitTransaction() {}
  async rollbackTransaction() {}
  async releaseConnection() {}
  async destroy() {}
}

/** A query builder whose statements all go through `execute`, on whatever connection that means. */
export function directKysely(kind: "sqlite" | "postgres", execute: Execute): Kysely<Schema> {
  const dialect: Dialect =
    kind === "sqlite"
      ? {
          createAdapter: () => new SqliteAdapter(),
          createDriver: () => new DirectDriver(execute),
          createIntrospector: (db) => new SqliteIntrospector(db),
          createQueryCompiler: () => new SqliteQueryCompiler(),
        }
      : {
          createAdapter: () => new PostgresAdapter(),
          createDriver: () => new DirectDriver(execute),
          createIntrospector: (db) => new PostgresIntrospector(db),
          createQueryCompiler: () => new PostgresQueryCompiler(),
        };
  return new Kysely<Schema>({ dialect });
}
