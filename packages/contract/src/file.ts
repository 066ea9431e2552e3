/** The file endpoints' shapes (wire-contract.md 8). Listing and deleting are not in the wire contract; they follow its style. */
import { z } from "zod";

const digits = z.string().regex(/^\d+$/);
const id = z.string().regex(/^[0-9a-f]{32}$/);
const ok = { result: z.literal(true), errors: z.array(z.never()) };

/** Letters of a folder's name. */
export const FOLDER_NAME = /^[A-Za-z0-9_-]{1,100}$/;

export const Folder = z.strictObject({
  id,
  name: z.string().regex(FOLDER_NAME),
  /** The folder it is in; a folder of the top level names the account's root. */
  parentid: id,
  size: z.literal("0"),
  contenttype: z.literal(""),
  addedtime: digits,
});
export type Folder = z.infer<typeof Folder>;

export const UploadedFile = z.strictObject({
  id,
  name: z.string(),
  contenttype: z.string(),
  size: digits,
  parentid: id,
  /** Answers without credentials; can be given to a model as it is. */
  url: z.url(),
  addedtime: digits,
  accesskey: z.string().regex(/^[A-Za-z0-9]{30}$/),
});
export type UploadedFile = z.infer<typeof UploadedFile>;

export const FolderCreateResponse = z.strictObject({ ...ok, list: z.tuple([Folder]) });
/** One file; of a ZIP archive every file that was in it, in the archive's order. */
export const FileUploadResponse = z.strictObject({ ...ok, list: z.array(UploadedFile).min(1) });
/** `total` counts all that match, as a string; `list` is one page, newest first. */
export const FileListResponse = z.strictObject({ ...ok, total: digits, list: z.array(UploadedFile) });
export const FolderListResponse = z.strictObject({ ...ok, total: digits, list: z.array(Folder) });
