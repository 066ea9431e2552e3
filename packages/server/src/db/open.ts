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
    throw error;
  }
}
