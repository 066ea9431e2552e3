/** The catalogue: which models there are, at which version, and where their files lie. */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { cleanSlug, type ModelVersion } from "@modelyard/contract";
import type { Database } from "../db/database.ts";
import { findModelFolders, type ModelFolder, ModelFolderError, readModelFolder } from "./folder.ts";

export interface CatalogueModel extends ModelFolder {
  id: number;
  cleanOwner: string;
  cleanSlug: string;
}

/** `owner/slug` as it is shown; "unknown" for a model that has left the catalogue. */
export function nameOf(model: CatalogueModel | undefined): string {
  return model ? `${model.cleanOwner}/${model.cleanSlug}` : "unknown";
}

export interface Models {
  /** Owner and slug in any spelling. */
  find(owner: string, slug: string): CatalogueModel | undefined;
  byId(id: number): CatalogueModel | undefined;
  all(): CatalogueModel[];
  /** The catalogue as workers get it. */
  versions(): ModelVersion[];
  /** A file of the current version of a model's folder; undefined where it has none of that name. */
  openFile(version: string, path: string): Readable | undefined;
}

/**
 * Reads all roots, registers what they hold, and returns the catalogue. A broken folder is reported and left out, and so is a model that the
 * operator has to name (`optIn`) and did not: to callers it does not exist. `enabled`: owner/slug.
 */
export async function loadModels(
  db: Database,
  { roots, enabled }: { roots: readonly string[]; enabled: readonly string[] },
  log: (message: string) => void,
): Promise<Models> {
  const named = new Set(enabled.map((name) => name.split("/").map(cleanSlug).join("/")));
  const folders = new Map<string, ModelFolder>();
  for (const dir of roots.flatMap(findModelFolders)) {
    try {
      const folder = readModelFolder(dir);
      const name = `${cleanSlug(folder.owner)}/${cleanSlug(folder.slug)}`;
      if (folder.manifest.optIn && !named.has(name)) {
        log(`${name} is off: it is there only with --enable-models=${name}`);
        continue;
      }
      // A later root may replace a shipped model of the same name.
      folders.set(name, folder);
    } catch (error) {
      if (!(error instanceof ModelFolderError)) throw error;
      log(`model left out: ${error.message}`);
    }
  }
  const models: CatalogueModel[] = [];
  for (const folder of folders.values()) models.push(await register(db, folder));
  const byName = new Map(models.map((model) => [`${model.cleanOwner}/${model.cleanSlug}`, model]));
  const byId = new Map(models.map((model) => [model.id, model]));
  const byVersion = new Map(models.map((model) => [model.version, model]));
  return {
    find: (owner, slug) => byName.get(`${cleanSlug(owner)}/${cleanSlug(slug)}`),
    byId: (id) => byId.get(id),
    all: () => models,
    versions: () =>
      models.map(({ id, owner, slug, version, manifest, files }) => ({
        id: String(id),
        owner,
        slug,
        version,
        manifest,
        files,
      })),
    openFile(version, path) {
      const model = byVersion.get(version);
      if (!model?.files.some((file) => file.path === path)) return undefined;
      return createReadStream(join(model.dir, path));
    },
  };
}

async function register(db: Database, folder: ModelFolder): Promise<CatalogueModel> {
  const cleanOwner = cleanSlug(folder.owner);
  const clean = cleanSlug(folder.slug);
  const row = await db.write((tx) =>
    tx.q
      .insertInto("model")
      .values({
        owner: folder.owner,
        slug: folder.slug,
        clean_owner: cleanOwner,
        clean_slug: clean,
        version: folder.version,
        created_at: tx.now,
      })
      .onConflict((conflict) =>
        conflict.columns(["clean_owner", "clean_slug"]).doUpdateSet({
          owner: folder.owner,
          slug: folder.slug,
          version: folder.version,
        }),
      )
      .returning("id")
      .executeTakeFirstOrThrow(),
  );
  return { ...folder, id: row.id, cleanOwner, cleanSlug: clean };
}
