import type { Database } from "../db/database.ts";
import type { Report } from "./policy.ts";

/** Reports about one model that wait to be read; beyond it, further ones say nothing new and would only fill the disk. */
const OPEN_LIMIT = 1_000;

/** False where the model has too many already. */
export async function insertReport(db: Database, modelId: number, report: Report): Promise<boolean> {
  return db.write(async (tx) => {
    const { open } = await tx.q
      .selectFrom("model_report")
      .select((e) => e.fn.countAll<number | string>().as("open"))
      .where("model_id", "=", modelId)
      .where("closed_at", "is", null)
      .executeTakeFirstOrThrow();
    if (Number(open) >= OPEN_LIMIT) return false;
    await tx.q
      .insertInto("model_report")
      .values({ model_id: modelId, ...report, created_at: tx.now })
      .execute();
    return true;
  });
}
