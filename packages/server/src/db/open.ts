import { mkdirSync, statSync } from "node:fs";
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
  if (statSync(options.dataDir, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new Error(`the data folder ${options.dataDir} is a file; name another --data`);
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const file = join(options.dataDir, "modelyard.sqlite");
  let db: Database | undefined;
  try {
    // The driver of the engine that is not used would take memory for nothing.
    db = options.url ? (await import("./postgres.ts")).openPostgres(options.url) : openSqlite(file, options.log);
    await migrate(db);
    return db;
  } catch (error) {
    await db?.close();
    throw unopened(error, options.url === undefined ? file : placeOf(options.url));
  }
}

/** Where a database is, without the password. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}

/** An error of the engine, or on the way to it, with the database's place; others come back as they are. */
function unopened(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code === undefined) return error;
  return new Error(`the database at ${place} cannot be opened: ${error.message}`, { cause: error });
}
