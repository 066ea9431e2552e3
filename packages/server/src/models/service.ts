/** The catalogue as it is read at the start: from the folders that the server was given, and from what operators added before. */
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { cleanSlug, isProgram, type Log, Manifest, type ModelVersion } from "@modelyard/contract";
import type { Database } from "../db/database.ts";
import type { ManifestOf } from "./apps.ts";
import { Catalogue, type CatalogueModel, type KnownModel } from "./catalogue.ts";
import { findModelFolders, type ModelFolder, ModelFolderError, readModelFolder } from "./folder.ts";
import { forWorkers } from "./policy-worker.ts";
import * as store from "./store.ts";

export type { CatalogueModel, KnownModel } from "./catalogue.ts";

/** `owner/slug` as it is shown; "unknown" for a model that has left the catalogue. */
export function nameOf(model: KnownModel | undefined): string {
  return model ? `${model.cleanOwner}/${model.cleanSlug}` : "unknown";
}

export interface Models {
  /** Owner and slug in any spelling. */
  find(owner: string, slug: string): CatalogueModel | undefined;
  /** Also of a model that has been removed. */
  byId(id: number): KnownModel | undefined;
  /** At its active version; undefined where it has been removed. */
  current(id: number): CatalogueModel | undefined;
  /** Any version whose files are there. */
  byVersion(version: string): CatalogueModel | undefined;
  /** The manifest of `owner/slug` at its active version. */
  manifestOf: ManifestOf;
  /** Each at its active version. */
  all(): CatalogueModel[];
  /** When an operator added the version in use, unix milliseconds; 0 for one of a folder. */
  addedAt(model: CatalogueModel): number;
  /** Models that have been removed, and when (unix milliseconds). */
  removed(): { id: number; at: number }[];
  /** The catalogue as workers get it: what they run, so no apps. */
  versions(): ModelVersion[];
  /** A file of a version's folder; undefined where it has none of that name. */
  openFile(version: string, path: string): Readable | undefined;
  /** Calls back after every change; returns the function that ends it. */
  changed(listener: () => void): () => void;
}

/** Where the files of an added version lie. */
export function addedFolder(root: string, { owner, slug, version }: Pick<ModelFolder, "owner" | "slug" | "version">) {
  return join(root, cleanSlug(owner), cleanSlug(slug), version);
}

export interface LoadedModels {
  models: Models;
  /** For whoever changes it. */
  catalogue: Catalogue;
}

/**
 * Reads all roots and what was added, registers what they hold. A broken folder is reported and left out, and so is a model that the operator has
 * to name (`optIn`) and did not: to callers it does not exist.
 */
export async function loadModels(options: {
  db: Database;
  /** Later ones win over earlier ones. */
  roots: readonly string[];
  /** owner/slug of the models that are there only because they are named. */
  enabled?: readonly string[];
  /** Folder of added versions; undefined: there are none. */
  addedRoot?: string;
  log: Log;
}): Promise<LoadedModels> {
  const { db, roots, enabled = [], addedRoot, log } = options;
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
      log(`model left out: ${error.message}`, { level: "warn" });
    }
  }
  const catalogue = new Catalogue();
  for (const folder of folders.values()) catalogue.setFolder(await register(db, folder));
  if (addedRoot !== undefined) await loadAdded({ db, addedRoot, catalogue, log });
  return { models: modelsOf(catalogue), catalogue };
}

async function loadAdded(options: { db: Database; addedRoot: string; catalogue: Catalogue; log: Log }): Promise<void> {
  const { db, addedRoot, catalogue, log } = options;
  await rm(join(addedRoot, INCOMING), { recursive: true, force: true });
  for (const row of await store.readVersions(db)) {
    const { model_id: id, version, owner, slug } = row;
    const names = { id, owner, slug, ...store.cleanNames(row) };
    const dir = addedFolder(addedRoot, { owner, slug, version });
    if (row.removed_at !== null) {
      await rm(dir, { recursive: true, force: true });
      const manifest = Manifest.safeParse(JSON.parse(row.manifest));
      if (manifest.success && !catalogue.current(id))
        catalogue.setRemoved({ ...names, manifest: manifest.data }, row.removed_at);
      continue;
    }
    try {
      const folder = readModelFolder(dir);
      if (folder.version !== version) throw new ModelFolderError(`${dir}: its files were changed`);
      catalogue.setAdded(
        { model: { ...folder, ...names, manifest: folder.manifest }, addedBy: row.added_by, addedAt: row.added_at },
        { active: row.active === 1 },
      );
    } catch (error) {
      if (!(error instanceof ModelFolderError)) throw error;
      log(`version ${version.slice(0, 12)} of ${owner}/${slug} left out: ${error.message}`, {
        level: "warn",
        model: `${owner}/${slug}`,
      });
    }
  }
}

/** Folder below that of added versions in which archives are unpacked. */
export const INCOMING = ".incoming";

function modelsOf(catalogue: Catalogue): Models {
  return {
    find: (owner, slug) => catalogue.find(owner, slug),
    byId: (id) => catalogue.byId(id),
    current: (id) => catalogue.current(id),
    byVersion: (version) => catalogue.byVersion(version),
    manifestOf: (name) => catalogue.manifestOf(name),
    all: () => catalogue.all(),
    addedAt: ({ id, version }) => catalogue.added(id).find(({ model }) => model.version === version)?.addedAt ?? 0,
    removed: () => catalogue.removed(),
    versions: () =>
      catalogue
        .all()
        .flatMap(({ id, owner, slug, version, manifest, files }) =>
          isProgram(manifest) ? [{ id: String(id), owner, slug, version, manifest: forWorkers(manifest), files }] : [],
        ),
    openFile(version, path) {
      const model = catalogue.byVersion(version);
      if (!model?.files.some((file) => file.path === path)) return undefined;
      return createReadStream(join(model.dir, path));
    },
    changed: (listener) => catalogue.changed(listener),
  };
}

/** Gives the folder its model's number. */
async function register(db: Database, folder: ModelFolder): Promise<CatalogueModel> {
  const names = store.cleanNames(folder);
  const id = await db.write((tx) => store.upsertModel(tx, { ...folder, ...names }));
  return { ...folder, ...names, id };
}
