/** Folders change hands: to the account of a confined process, and back to the worker before anybody else uses them. */
import fs from "node:fs";
import type { Owner } from "./sandbox.ts";

const MODE = 0o755;

/** Only root can give a folder away; without an owner the folders stay the worker's. */
export function giveFolders(folders: readonly string[], owner: Owner | undefined): void {
  if (owner !== undefined) for (const folder of folders) change(folder, owner);
}

/**
 * From here on no other account can change which names are in the folder, also where the model had opened it to everybody or runs on.
 * Outermost first. What is no folder any more is left alone: a model may have put a link in its place.
 */
export function takeFolders(folders: readonly string[]): void {
  const uid = process.getuid?.();
  const gid = process.getgid?.();
  if (uid === undefined || gid === undefined) return;
  for (const folder of folders) change(folder, { uid, gid });
}

function change(folder: string, { uid, gid }: Owner): void {
  let fd: number;
  try {
    fd = fs.openSync(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY | fs.constants.O_NOFOLLOW);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP" || code === "EACCES") return;
    throw error;
  }
  try {
    fs.fchownSync(fd, uid, gid);
    fs.fchmodSync(fd, MODE);
  } finally {
    fs.closeSync(fd);
  }
}
