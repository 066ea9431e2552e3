/** Files as other rooms see them. */
import { randomBytes } from "node:crypto";
import type { Database, Tx } from "../db/database.ts";
import { newToken } from "../http/tokens.ts";
import { type FileRow, fileByAccessKey, insertFile } from "./store.ts";

export { filePath, safeName, typeByName } from "./policy.ts";
export { type FileRow, fileByAccessKey, outputsOf, registeredBlobs, removeTaskFiles } from "./store.ts";

export interface NewFile {
  accountId: number;
  name: string;
  contentType: string;
  /** Bytes. */
  size: number;
  blob: string;
  taskId: number | null;
  kind: "input" | "output" | "upload";
  position: number;
  /** Given where the address was already promised; otherwise made here. */
  accessKey?: string;
}

/** Files as the outside asks for them. */
export interface Files {
  byAccessKey(accessKey: string): Promise<FileRow | undefined>;
}

export function createFiles(db: Database): Files {
  return { byAccessKey: (accessKey) => fileByAccessKey(db, accessKey) };
}

export function newId(): string {
  return randomBytes(16).toString("hex");
}

/** Registers stored bytes as a file; all files of one `parent` belong together. */
export async function addFile(tx: Tx, file: NewFile, parent: string): Promise<void> {
  await insertFile(tx, {
    id: newId(),
    account_id: file.accountId,
    access_key: file.accessKey ?? newToken(),
    name: file.name,
    content_type: file.contentType,
    size: file.size,
    blob: file.blob,
    parent,
    task_id: file.taskId,
    kind: file.kind,
    position: file.position,
  });
}
