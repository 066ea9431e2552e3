/** Rows of models and of the versions that operators added. */
import { cleanSlug } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";

export interface VersionRow {
  model_id: number;
  version: string;
  manifest: string;
  active: number;
  added_by: string;
  added_at: number;
  removed_at: number | null;
  owner: string;
  slug: string;
}

/** Owner and slug as they are compared. */
export function cleanNames({ owner, slug }: { owner: string; slug: string }): {
  cleanOwner: string;
  cleanSlug: string;
} {
  return { cleanOwner: cleanSlug(owner), cleanSlug: cleanSlug(slug) };
}

/** The model's number, the same for ever; its row says the version that is active. */
export async function upsertModel(
  tx: Tx,
  model: { owner: string; slug: string; cleanOwner: string; cleanSlug: string; version: string },
): Promise<number> {
  const { owner, slug, version } = model;
  const row = await tx.q
    .insertInto("model")
    .values({
      owner,
      slug,
      clean_owner: model.cleanOwner,
      clean_slug: model.cleanSlug,
      version,
      created_at: tx.now,
    })
    .onConflict((conflict) => conflict.columns(["clean_owner", "clean_slug"]).doUpdateSet({ owner, slug, version }))
    .returning("id")
    .executeTakeFirstOrThrow();
  return row.id;
}

/** All of them, the newest of each model last. */
export function readVersions(db: Database): Promise<VersionRow[]> {
  return db.q
    .selectFrom("model_version")
    .innerJoin("model", "model.id", "model_version.model_id")
    .select(["model_id", "model_version.version", "manifest", "active", "added_by", "added_at", "removed_at"])
    .select(["model.owner", "model.slug"])
    .orderBy("model_version.added_at")
    .orderBy("model_version.id")
    .execute();
}

/** Adds the version, or takes it up again where it had been removed. It is not active yet. */
export async function insertVersion(
  tx: Tx,
  row: { modelId: number; version: string; manifest: string; addedBy: string },
): Promise<void> {
  const { addedBy: added_by, manifest } = row;
  await tx.q
    .insertInto("model_version")
    .values({
      model_id: row.modelId,
      version: row.version,
      manifest,
      active: 0,
      added_by,
      added_at: tx.now,
      removed_at: null,
    })
    .onConflict((conflict) =>
      conflict.columns(["model_id", "version"]).doUpdateSet({ added_by, added_at: tx.now, removed_at: null }),
    )
    .execute();
}

/** Makes this one of the added versions the active one; undefined: none of them. */
export async function activateVersion(tx: Tx, modelId: number, version: string | undefined): Promise<void> {
  await tx.q.updateTable("model_version").set({ active: 0 }).where("model_id", "=", modelId).execute();
  if (version === undefined) return;
  await tx.q
    .updateTable("model_version")
    .set({ active: 1 })
    .where("model_id", "=", modelId)
    .where("version", "=", version)
    .where("removed_at", "is", null)
    .execute();
}

export async function removeVersions(tx: Tx, modelId: number): Promise<void> {
  await tx.q
    .updateTable("model_version")
    .set({ active: 0, removed_at: tx.now })
    .where("model_id", "=", modelId)
    .where("removed_at", "is", null)
    .execute();
}
