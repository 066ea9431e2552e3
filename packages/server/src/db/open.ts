import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "@modelyard/contract";
import type { Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import { openSqlite } from "./sqlite.ts";

/** Opens and migrates the store. `url`: `postgres://…`, or undefined for `<dataDir>/modelyard.sqlite`. */
export async function openDatabase(options: {
  url: string | undefined;
  dataDir: string;
  /** Told why the process ends when the file can no longer be written. */
  log?: Log;
}): Promise<Database> {
  if (options.url && !/^postgres(ql)?:\/\//.test(options.url)) {
    throw new Error(
      `--database must be a postgres:// address, or left out for SQLite; got ${options.url.split("@").at(-1)}`,
    );
  }
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  // The driver of the engine that is not used would take memory for nothing.
  const db = options.url
    ? (await import("./postgres.ts")).openPostgres(options.url)
    : openSqlite(join(options.dataDir, "modelyard.sqlite"), options.log);
  try {
    await migrate(db);
    return db;
  } catch (error) {
    await db.close();
    throw options.url === undefined ? error : unreachable(error, options.url);
  }
}

/** An error of the connection, or of PostgreSQL itself, with the database's name; others come back as they are. The password is in neither. */
function unreachable(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code === undefined) return error;
  const { host, pathname } = new URL(url);
  return new Error(`the database at ${host}${pathname} cannot be opened: ${error.message}`, { cause: error });
}
