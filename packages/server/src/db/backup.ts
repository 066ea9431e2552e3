/** A copy of a data folder, made while its server runs, that is a data folder itself but for the keys. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, cp, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import Sqlite from "better-sqlite3";

export interface Backup {
  /** Bytes of the copied database; undefined where the store is PostgreSQL. */
  database: number | undefined;
  /** Files of tasks and accounts: all of them, and those that were not there from the time before. */
  files: number;
  copied: number;
}

/** Folders of few, small files that are copied as they are: added models, the operator's pages. */
const FOLDERS = ["models", "pages"];

/** Tells a copy from all other folders. */
const MARK = "backup.json";

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  await file.sync().finally(() => file.close());
}

/** One moment of the database, whatever is written meanwhile. */
async function copyDatabase(from: string, to: string): Promise<number> {
  const temporary = `${to}.new`;
  rmSync(temporary, { force: true });
  // There before its content, so that nobody else may read it at any moment; an empty file may be copied into.
  writeFileSync(temporary, "", { mode: 0o600 });
  const db = new Sqlite(from, { readonly: true, fileMustExist: true });
  try {
    db.prepare("vacuum into ?").run(temporary);
  } finally {
    db.close();
  }
  await sync(temporary);
  // A log of an older copy would be read into the new one.
  for (const rest of ["-wal", "-shm"]) rmSync(to + rest, { force: true });
  renameSync(temporary, to);
  return (await stat(to)).size;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}

/** Files never change under their names, so what is there already is left; what is gone at the source goes. */
async function copyBlobs(from: string, to: string): Promise<{ files: number; copied: number }> {
  const count = { files: 0, copied: 0 };
  const folders = (await namesIn(from)).filter((name) => name !== "tmp");
  for (const folder of folders) {
    const [wanted, there] = await Promise.all([namesIn(join(from, folder)), namesIn(join(to, folder))]);
    const had = new Set(there);
    await mkdir(join(to, folder), { recursive: true, mode: 0o700 });
    for (const name of wanted) {
      count.files += 1;
      if (had.delete(name)) continue;
      const temporary = join(to, `${name}.new`);
      try {
        await copyFile(join(from, folder, name), temporary);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        count.files -= 1; // deleted meanwhile
        continue;
      }
      await sync(temporary);
      await rename(temporary, join(to, folder, name));
      count.copied += 1;
    }
    for (const name of had) await rm(join(to, folder, name));
  }
  for (const gone of (await namesIn(to)).filter((name) => !folders.includes(name)))
    await rm(join(to, gone), { recursive: true });
  return count;
}

/**
 * Copies database, files, added models and pages of `dataDir` into `target`; keys stay where they are. The database comes first: a file
 * too many is wasted room, a row without its file a dead link. Throws where `target` is no place for it.
 */
export async function backUp({ dataDir, target }: { dataDir: string; target: string }): Promise<Backup> {
  const from = resolve(dataDir);
  const to = resolve(target);
  if (!existsSync(join(from, "blobs"))) throw new Error(`${from} is no server's data folder; --data names it`);
  const inside = relative(from, to);
  if (inside === "" || !inside.startsWith(".."))
    throw new Error(`${to} is inside of the data folder; name another place`);
  if (existsSync(join(to, "master.key"))) throw new Error(`${to} is a server's own data folder; name another place`);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  // What is no longer at the source is deleted in the copy, so nothing but a copy may be there.
  if (!existsSync(join(to, MARK)) && (await namesIn(to)).length > 0)
    throw new Error(`${to} is not empty, and no backup; name another place`);
  writeFileSync(join(to, MARK), `${JSON.stringify({ of: from, begun: new Date().toISOString() })}\n`);
  const database = join(from, "modelyard.sqlite");
  const bytes = existsSync(database) ? await copyDatabase(database, join(to, "modelyard.sqlite")) : undefined;
  const blobs = await copyBlobs(join(from, "blobs"), join(to, "blobs"));
  for (const folder of FOLDERS) {
    await rm(join(to, folder), { recursive: true, force: true });
    if (existsSync(join(from, folder))) await cp(join(from, folder), join(to, folder), { recursive: true });
  }
  return { database: bytes, ...blobs };
}
