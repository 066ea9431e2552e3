import type { Database } from "../db/database.ts";
import type { StatusSampleTable } from "../db/schema-site.ts";

export type Sample = StatusSampleTable;

/** A minute that has a sample keeps it: after a quick restart the first one counts. */
export async function addSample(db: Database, sample: Omit<Sample, "at">, minuteMs: number): Promise<void> {
  await db.write((tx) =>
    tx.q
      .insertInto("status_sample")
      .values({ ...sample, at: Math.floor(tx.now / minuteMs) * minuteMs })
      .onConflict((conflict) => conflict.column("at").doNothing())
      .execute(),
  );
}

export async function dropBefore(db: Database, at: number): Promise<void> {
  await db.write((tx) => tx.q.deleteFrom("status_sample").where("at", "<", at).execute());
}

/** Unix milliseconds of the first sample; undefined where there is none. */
export async function firstAt(db: Database): Promise<number | undefined> {
  const row = await db.q.selectFrom("status_sample").select("at").orderBy("at").limit(1).executeTakeFirst();
  return row && Number(row.at);
}

/** Samples from `from` on and before `to`, the oldest first; at most a week is asked for at a time. */
export async function samples(
  db: Database,
  from: number,
  to: number,
): Promise<Pick<Sample, "at" | "workers" | "paused">[]> {
  const rows = await db.q
    .selectFrom("status_sample")
    .select(["at", "workers", "paused"])
    .where("at", ">=", from)
    .where("at", "<", to)
    .orderBy("at")
    .execute();
  return rows.map(({ at, workers, paused }) => ({ at: Number(at), workers, paused }));
}
