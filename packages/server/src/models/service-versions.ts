/** What operators change about models while the server runs. Each act is written to the store, noted, and then in force at once. */
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { apiError, type ModelRow, type VersionRow } from "@modelyard/contract";
import { type Actor, note, OPERATORS } from "../audit-log/service.ts";
import type { Database } from "../db/database.ts";
import type { Fields } from "../http/body.ts";
import { textField } from "../http/fields.ts";
import { modelPause, type Pauses } from "../queue/service.ts";
import { ArchiveError, unpackModel } from "./archive.ts";
import type { Catalogue, CatalogueModel } from "./catalogue.ts";
import { checkModelFolder } from "./check.ts";
import { findModelFolders, type ModelFolder, ModelFolderError, readModelFolder } from "./folder.ts";
import { findingText } from "./policy-manifest.ts";
import { presentModel, presentVersions, type VersionsOf } from "./present-versions.ts";
import { addedFolder, INCOMING, nameOf } from "./service.ts";
import * as store from "./store.ts";

export interface Asked {
  fields: Fields;
  actor: Actor;
}

export interface Change {
  slugowner: string;
  slugproject: string;
  /** The active one; "" where the model is gone. */
  version: string;
  changed: boolean;
}

/** An archive that has come in, unpacked where nothing looks for models. */
export interface Unpacked {
  take(file: { field: string; stream: Readable }): Promise<string>;
  /** The model in it. Throws what is wrong with it. */
  folder(): ModelFolder;
  /** Removes what is still there. */
  discard(): Promise<void>;
}

export interface ModelVersions {
  list(): ModelRow[];
  versions(fields: Fields): VersionRow[];
  unpacked(): Unpacked;
  /** Takes the folder over and makes it the active version. */
  add(folder: ModelFolder, actor: Actor): Promise<Change>;
  activate(asked: Asked): Promise<Change>;
  remove(asked: Asked): Promise<Change>;
}

export interface ModelVersionsDeps {
  db: Database;
  catalogue: Catalogue;
  /** Folder of added versions. */
  addedRoot: string;
  pauses: Pauses;
}

const changeOf = (model: CatalogueModel, changed: boolean): Change => ({
  slugowner: model.cleanOwner,
  slugproject: model.cleanSlug,
  version: model.version,
  changed,
});

export function createModelVersions({ db, catalogue, addedRoot, pauses }: ModelVersionsDeps): ModelVersions {
  /** One change after the other, so that the store and the catalogue never tell two stories. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  }

  function modelOf(fields: Fields): CatalogueModel {
    const model = catalogue.find(textField(fields, "slugowner") ?? "", textField(fields, "slugproject") ?? "");
    if (!model) throw apiError("unknownModel");
    return model;
  }
  const versionsOf = (current: CatalogueModel): VersionsOf => ({
    current,
    folder: catalogue.folder(current.id),
    added: catalogue.added(current.id),
  });

  /** Moves the folder to its place; one that is there already, complete, stays. */
  async function settle(folder: ModelFolder): Promise<ModelFolder> {
    const dir = addedFolder(addedRoot, folder);
    if (isComplete(dir, folder.version)) return { ...folder, dir };
    await rm(dir, { recursive: true, force: true });
    await mkdir(dirname(dir), { recursive: true });
    await rename(folder.dir, dir);
    return { ...folder, dir };
  }

  return {
    list: () =>
      catalogue
        .all()
        .map((model) => presentModel(versionsOf(model), pauses.get(modelPause(model.id))))
        .sort((a, b) => (`${a.slugowner}/${a.slugproject}` < `${b.slugowner}/${b.slugproject}` ? -1 : 1)),
    versions: (fields) => presentVersions(versionsOf(modelOf(fields))),
    unpacked: () => createUnpacked(join(addedRoot, INCOMING, randomUUID())),
    add: (folder, actor) =>
      inTurn(async () => {
        const before = catalogue.find(folder.owner, folder.slug);
        const isThere = before && catalogue.added(before.id).some(({ model }) => model.version === folder.version);
        if (before && isThere && before.version === folder.version) return changeOf(before, false);
        const placed = await settle(folder);
        const manifest = JSON.stringify(placed.manifest);
        const { model, addedAt } = await db.write(async (tx) => {
          const names = store.cleanNames(placed);
          const id = await store.upsertModel(tx, { ...placed, ...names });
          await store.insertVersion(tx, { modelId: id, version: placed.version, manifest, addedBy: actor.name });
          await store.activateVersion(tx, id, placed.version);
          const model = { ...placed, ...names, id };
          await note(tx, { accountId: OPERATORS, actor, action: "model-add", target: targetOf(model) });
          return { model, addedAt: tx.now };
        });
        catalogue.setAdded({ model, addedBy: actor.name, addedAt }, { active: true });
        return changeOf(model, true);
      }),
    activate: ({ fields, actor }) =>
      inTurn(async () => {
        const current = modelOf(fields);
        const { id } = current;
        const start = textField(fields, "version")?.toLowerCase() ?? "";
        if (start === "") throw apiError("parameterRequired", "version");
        const { added, folder } = versionsOf(current);
        const found = [...added.map(({ model }) => model), ...(folder ? [folder] : [])].filter(({ version }) =>
          version.startsWith(start),
        );
        const [model] = found;
        if (!model || new Set(found.map(({ version }) => version)).size > 1) throw apiError("versionNotExist");
        if (model.version === current.version) return changeOf(current, false);
        const isAdded = added.some((one) => one.model === model);
        await db.write(async (tx) => {
          await store.upsertModel(tx, model);
          await store.activateVersion(tx, id, isAdded ? model.version : undefined);
          await note(tx, { accountId: OPERATORS, actor, action: "model-activate", target: targetOf(model) });
        });
        catalogue.activate(id, isAdded ? model.version : undefined);
        return changeOf(model, true);
      }),
    remove: ({ fields, actor }) =>
      inTurn(async () => {
        const current = modelOf(fields);
        const { id } = current;
        const { added, folder } = versionsOf(current);
        if (added.length === 0) throw apiError("modelFixed");
        const at = await db.write(async (tx) => {
          await store.removeVersions(tx, id);
          if (folder) await store.upsertModel(tx, folder);
          await note(tx, { accountId: OPERATORS, actor, action: "model-remove", target: nameOf(current) });
          return tx.now;
        });
        catalogue.remove(id, at);
        return { ...changeOf(current, true), version: folder?.version ?? "" };
      }),
  };
}

const targetOf = (model: CatalogueModel): string => `${nameOf(model)} ${model.version.slice(0, 12)}`;

function isComplete(dir: string, version: string): boolean {
  try {
    return readModelFolder(dir).version === version;
  } catch (error) {
    if (error instanceof ModelFolderError) return false;
    throw error;
  }
}

const invalid = (why: string) => apiError("modelInvalid", why);

function createUnpacked(dir: string): Unpacked {
  let taken = false;
  return {
    async take({ field, stream }) {
      if (field !== "archive") throw apiError("filesRequired", "archive");
      if (taken) throw apiError("filesTooMany", "archive", 1);
      taken = true;
      await mkdir(dir, { recursive: true });
      await unpackModel(stream, dir).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOSPC") throw Object.assign(apiError("storageFull"), { cause: error });
        throw error instanceof ArchiveError ? invalid(error.message) : error;
      });
      return dir;
    },
    folder() {
      if (!taken) throw apiError("filesRequired", "archive");
      const [found, second] = findModelFolders(dir);
      if (found === undefined) throw invalid("there is no model.yaml in it");
      if (second !== undefined) throw invalid("there is more than one model.yaml in it");
      const { folder, findings } = checkModelFolder(found);
      if (folder) return folder;
      const errors = findings.filter(({ level }) => level === "error");
      throw invalid(errors.map((one) => findingText(one).replace(" error:", "")).join("; "));
    },
    discard: () => rm(dir, { recursive: true, force: true }),
  };
}
