/** What a caller does with uploaded files and their folders (wire-contract.md 8). */
import { apiError, type Folder, type UploadedFile } from "@modelyard/contract";
import type { Blobs } from "../blobs/blobs.ts";
import type { Database, Tx } from "../db/database.ts";
import { newToken } from "../http/tokens.ts";
import type { Principal } from "../projects/service.ts";
import {
  charge,
  FOLDER_DEPTH,
  FOLDER_LIMIT,
  idField,
  isFolderName,
  pageOf,
  rootOf,
  sizeText,
} from "./policy-folders.ts";
import { folderName } from "./policy-zip.ts";
import { presentFolder, presentUpload } from "./present.ts";
import { newId } from "./service.ts";
import { type FileRow, insertFile } from "./store.ts";
import * as store from "./store-folders.ts";
import { createIntake, type Intake } from "./upload.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface Uploads {
  createFolder(principal: Principal, fields: Fields): Promise<Folder>;
  /** Begins to take a file in; `register` ends it, or the intake's `discard`. */
  intake(principal: Principal): Promise<Intake>;
  register(principal: Principal, fields: Fields, intake: Intake, base: string): Promise<UploadedFile[]>;
  listFiles(principal: Principal, fields: Fields, base: string): Promise<{ total: number; list: UploadedFile[] }>;
  listFolders(principal: Principal, fields: Fields): Promise<{ total: number; list: Folder[] }>;
  deleteFile(principal: Principal, fields: Fields): Promise<void>;
  /** With everything below it. */
  deleteFolder(principal: Principal, fields: Fields): Promise<void>;
}

const PARENT_NAMES = ["parentid", "parentId"];
const FOLDER_NAMES = ["folderid", "folderId"];
const FILE_NAMES = ["fileid", "fileId", "id"];

export function createUploads(deps: { db: Database; blobs: Blobs; quota: number }): Uploads {
  const { db, blobs, quota } = deps;

  /** The folder that a request names, or the account's root where it names none. */
  async function placeOf(
    q: Tx["q"],
    principal: Principal,
    fields: Fields,
    names: readonly string[],
  ): Promise<{ id: string; depth: number }> {
    const root = rootOf(principal.accountUuid);
    const id = idField(fields, names);
    if (id === "missing" || id === root) return { id: root, depth: 0 };
    const row = id === "none" ? undefined : await store.folderById(q, { id, accountId: principal.accountId });
    if (!row) throw apiError("folderNotExist");
    return row;
  }

  async function addFolder(
    tx: Tx,
    folder: { accountId: number; name: string; parent: { id: string; depth: number } },
  ): Promise<store.FolderRow> {
    const { accountId, name, parent } = folder;
    if (parent.depth >= FOLDER_DEPTH) throw apiError("foldersTooMany", `it would be deeper than ${FOLDER_DEPTH}`);
    const row = {
      id: newId(),
      account_id: accountId,
      parent: parent.id,
      name,
      depth: parent.depth + 1,
      created_at: tx.now,
    };
    if (!(await store.insertFolder(tx, row, FOLDER_LIMIT))) {
      throw apiError("foldersTooMany", `you have ${FOLDER_LIMIT} folders`);
    }
    return row;
  }

  async function removeBlobs(files: readonly { blob: string }[]): Promise<void> {
    for (const { blob } of files) await blobs.delete(blob);
  }

  const charged = (files: readonly { size: number }[]) => files.reduce((sum, { size }) => sum + charge(size), 0);

  return {
    createFolder(principal, fields) {
      const name = Object.hasOwn(fields, "name") ? fields.name : undefined;
      if (name === undefined || name === null || name === "") throw apiError("parameterRequired", "name");
      const text = typeof name === "number" ? String(name) : name;
      if (!isFolderName(text)) throw apiError("folderNameInvalid");
      const { accountId } = principal;
      return db.write(async (tx) => {
        await store.lockSpace(tx, accountId);
        const parent = await placeOf(tx.q, principal, fields, PARENT_NAMES);
        if (await store.folderByName(tx, { accountId, parent: parent.id, name: text })) throw apiError("folderExists");
        return presentFolder(await addFolder(tx, { accountId, name: text, parent }));
      });
    },

    async intake(principal) {
      return createIntake(blobs, { room: quota - (await store.usedSpace(db, principal.accountId)), quota });
    },

    register(principal, fields, intake, base) {
      const { accountId } = principal;
      if (intake.files.length === 0) throw apiError("filesRequired", "file");
      return db.write(async (tx) => {
        await store.lockSpace(tx, accountId);
        const target = await placeOf(tx.q, principal, fields, FOLDER_NAMES);
        const space = charged(intake.files);
        if (!(await store.takeSpace(tx, accountId, space, quota))) throw apiError("quotaExceeded", sizeText(quota));

        async function folderFor(path: readonly string[]): Promise<{ id: string; depth: number }> {
          let parent = target;
          for (const name of path.map(folderName)) {
            parent =
              (await store.folderByName(tx, { accountId, parent: parent.id, name })) ??
              (await addFolder(tx, { accountId, name, parent }));
          }
          return parent;
        }

        const rows: FileRow[] = [];
        const known = new Map<string, { id: string; depth: number }>();
        for (const [position, file] of intake.files.entries()) {
          const path = file.folders.join("/");
          const folder = known.get(path) ?? (await folderFor(file.folders));
          known.set(path, folder);
          const row = {
            id: newId(),
            account_id: accountId,
            access_key: newToken(),
            name: file.name,
            content_type: file.contentType,
            size: file.size,
            blob: file.blob,
            parent: folder.id,
            task_id: null,
            kind: "upload" as const,
            position,
          };
          await insertFile(tx, row);
          rows.push({ ...row, created_at: tx.now });
        }
        return rows.map((row) => presentUpload(row, base));
      });
    },

    async listFiles(principal, fields, base) {
      const parent = await placeOf(db.q, principal, fields, FOLDER_NAMES);
      const page = { accountId: principal.accountId, parent: parent.id, ...pageOf(fields) };
      const { total, rows } = await store.listUploads(db, page);
      return { total, list: rows.map((row) => presentUpload(row, base)) };
    },

    async listFolders(principal, fields) {
      const parent = await placeOf(db.q, principal, fields, [...PARENT_NAMES, ...FOLDER_NAMES]);
      const page = { accountId: principal.accountId, parent: parent.id, ...pageOf(fields) };
      const { total, rows } = await store.listFolders(db, page);
      return { total, list: rows.map(presentFolder) };
    },

    async deleteFile(principal, fields) {
      const { accountId } = principal;
      const id = idField(fields, FILE_NAMES);
      if (id === "missing") throw apiError("parameterRequired", "fileid");
      const file = await db.write(async (tx) => {
        await store.lockSpace(tx, accountId);
        const removed = id === "none" ? undefined : await store.removeUpload(tx, { id, accountId });
        if (removed) await store.giveSpace(tx, accountId, { bytes: charge(removed.size), folders: 0 });
        return removed;
      });
      if (!file) throw apiError("fileNotExist");
      await removeBlobs([file]);
    },

    async deleteFolder(principal, fields) {
      const { accountId } = principal;
      const id = idField(fields, [...FOLDER_NAMES, "id"]);
      if (id === "missing") throw apiError("parameterRequired", "folderid");
      const removed = await db.write(async (tx) => {
        await store.lockSpace(tx, accountId);
        const found = await store.removeFolders(tx, { id, accountId });
        await store.giveSpace(tx, accountId, { bytes: charged(found.files), folders: found.folders });
        return found;
      });
      if (removed.folders === 0) throw apiError("folderNotExist");
      await removeBlobs(removed.files);
    },
  };
}
