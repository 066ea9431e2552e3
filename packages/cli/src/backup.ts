import { backUp } from "@modelyard/server";
import type { BackupFlags } from "./client-settings.ts";

/** Copies the data folder, and says what is in the copy and what is not. */
export async function backup(target: string, flags: BackupFlags): Promise<void> {
  const { database, files, copied } = await backUp({ dataDir: flags.data, target });
  const megabytes = database === undefined ? undefined : (database / 1_000_000).toFixed(1);
  const store =
    megabytes === undefined ? "no database (it is PostgreSQL's: pg_dump)" : `the database (${megabytes} MB)`;
  process.stdout.write(
    `${target} holds ${store} and ${files} ${files === 1 ? "file" : "files"}, ${copied} of them new\n`,
  );
  process.stderr.write(
    "master.key is not in it: keep a copy of it elsewhere, without it nothing sealed can be opened\n",
  );
}
