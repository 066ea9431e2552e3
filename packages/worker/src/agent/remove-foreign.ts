/**
 * Removes a folder that foreign code has written and may still be writing (a warm process of a worker that is root): each name is
 * looked at in the very folder that is open, never by its whole path, so a link that takes a folder's place leads nowhere.
 */
import { constants } from "node:fs";
import { chmod, open, readdir, rm, rmdir, unlink } from "node:fs/promises";

/** Tries again when the model made something meanwhile. */
const TURNS = 5;

export async function removeForeign(folder: string): Promise<void> {
  if (process.platform !== "linux") return rm(folder, { recursive: true, force: true, maxRetries: 2 });
  for (let turn = 1; ; turn++) {
    try {
      await removeContent(folder);
      await rmdir(folder);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return;
      if (turn === TURNS) throw error;
    }
  }
}

async function removeContent(folder: string): Promise<void> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const handle = await open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EACCES") throw error;
    await chmod(folder, 0o700); // a worker that is not root, and a model that closed its own folder
    return open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  });
  try {
    const open = `/proc/self/fd/${handle.fd}`;
    await handle.chmod(0o700).catch(() => {});
    for (const entry of await readdir(open, { withFileTypes: true })) {
      const name = `${open}/${entry.name}`;
      if (!entry.isDirectory()) {
        await unlink(name);
        continue;
      }
      await removeContent(name);
      await rmdir(name);
    }
  } finally {
    await handle.close();
  }
}
