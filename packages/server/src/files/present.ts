/** Rows as the wire shows them (wire-contract.md 8). */
import type { Folder, UploadedFile } from "@modelyard/contract";
import { filePath } from "./policy.ts";
import type { FileRow } from "./store.ts";
import type { FolderRow } from "./store-folders.ts";

const seconds = (ms: number) => String(Math.floor(ms / 1000));

export function presentFolder(row: FolderRow): Folder {
  return {
    id: row.id,
    name: row.name,
    parentid: row.parent,
    size: "0",
    contenttype: "",
    addedtime: seconds(row.created_at),
  };
}

export function presentUpload(row: FileRow, base: string): UploadedFile {
  return {
    id: row.id,
    name: row.name,
    contenttype: row.content_type,
    size: String(row.size),
    parentid: row.parent,
    url: base + filePath({ accessKey: row.access_key, name: row.name }),
    addedtime: seconds(row.created_at),
    accesskey: row.access_key,
  };
}
