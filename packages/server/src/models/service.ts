/** The catalogue: which models there are, at which version, and where their files lie. */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { cleanSlug, isProgram, type ModelVersion } from "@modelyard/contract";
import type { Database } from "../db/database.ts";
import { type ManifestOf, manifestsOf, withApps } from "./apps.ts";
import { findModelFolders, type ModelFolder, ModelFolderError, readModelFolder } from "./folder.ts";

export interface CatalogueModel extends ModelFolder {
  id: number;
  /** Why it cannot be run on this server, in a sentence: an app lacks one of its models. */
  problem?: string | undefined;
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
  /** The manifest of `owner/slug`. */
  manifestOf: ManifestOf;
  all(): CatalogueModel[];
  /** The catalogue as workers get it: what they run, so no apps. */
  versions(): ModelVersion[];
  /** A file of the current version of a model's folder; undefined where it has none of that name. */
  openFile(version: string, path: string): Readable | undefined;
}

/** Reads all roots, registers what they hold, and returns the catalogue. A broken folder is reported and left out. */
export async function loadModels(
  db: Database,
  roots: readonly string[],
  log: (message: string) => void,
): Promise<Models> {
  const folders = new Map<string, ModelFolder>();
  for (const dir of roots.flatMap(findModelFolders)) {
    try {
      const folder = readModelFolder(dir);
      // A later root may replace a shipped model of the same name.
      folders.set(`${cleanSlug(folder.owner)}/${cleanSlug(folder.slug)}`, folder);
    } catch (error) {
      if (!(error instanceof ModelFolderError)) throw error;
      log(`model left out: ${error.message}`);
    }
  }
  const registered: CatalogueModel[] = [];
  for (const folder of folders.values()) registered.push(await register(db, folder));
  const models = withApps(registered);
  const byName = new Map(models.map((model) => [`${model.cleanOwner}/${model.cleanSlug}`, model]));
  const byId = new Map(models.map((model) => [model.id, model]));
  const byVersion = new Map(models.map((model) => [model.version, model]));
  return {
    find: (owner, slug) => byName.get(`${cleanSlug(owner)}/${cleanSlug(slug)}`),
    byId: (id) => byId.get(id),
    manifestOf: manifestsOf(models),
    all: () => models,
    versions: () =>
      models.flatMap(({ id, owner, slug, version, manifest, files }) =>
        isProgram(manifest) ? [{ id: String(id), owner, slug, version, manifest, files }] : [],
      ),
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
