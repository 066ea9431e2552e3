/** Files as other rooms see them. */
import { randomBytes } from "node:crypto";
import type { Tx } from "../db/database.ts";
import { newToken } from "../http/tokens.ts";
import { insertFile } from "./store.ts";

export { safeName, typeByName } from "./policy.ts";

export { type FileRow, fileByAccessKey, outputsOf } from "./store.ts";

export interface NewFile {
  accountId: number;
  name: string;
  contentType: string;
  /** Bytes. */
  size: number;
  blob: string;
  taskId: number | null;
  kind: "input" | "output";
  position: number;
  /** Given where the address was already promised; otherwise made here. */
  accessKey?: string;
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

/** Path of a file's address below the public base. */
export function filePath(file: { accessKey: string; name: string }): string {
  return `/v1/File/${file.accessKey}/${encodeURIComponent(file.name)}`;
}
