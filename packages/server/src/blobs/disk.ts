import { createHash, randomBytes } from "node:crypto";
import { createReadStream, mkdirSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StorageFullError } from "../db/database.ts";
import { type Blobs, BlobTooLargeError } from "./blobs.ts";
import { sendFile } from "./send.ts";

const KEY = /^[0-9a-f]{48}$/;

/** Blobs as files below one folder, spread over 256 subfolders, written under a temporary name first. */
export function diskBlobs(root: string): Blobs {
  mkdirSync(join(root, "tmp"), { recursive: true, mode: 0o700 });
  const pathOf = (key: string) => {
    if (!KEY.test(key)) throw new RangeError("not a blob key");
    return join(root, key.slice(0, 2), key);
  };
  return {
    async put(source, { limit }) {
      const key = randomBytes(24).toString("hex");
      const temporary = join(root, "tmp", key);
      const hash = createHash("sha256");
      let size = 0;
      try {
        const file = await open(temporary, "wx", 0o600);
        try {
          for await (const chunk of source as AsyncIterable<Buffer>) {
            size += chunk.length;
            if (size > limit) throw new BlobTooLargeError(`more than ${limit} bytes`);
            hash.update(chunk);
            await file.write(chunk);
          }
          await file.sync();
        } finally {
          await file.close();
        }
        await mkdir(dirname(pathOf(key)), { recursive: true, mode: 0o700 });
        await rename(temporary, pathOf(key));
        return { key, size, sha256: hash.digest("hex") };
      } catch (error) {
        await rm(temporary, { force: true });
        const code = (error as NodeJS.ErrnoException).code;
        if (code === "ENOSPC" || code === "EDQUOT")
          throw new StorageFullError("the file store has no room", { cause: error });
        throw error;
      }
    },
    async get(key, range) {
      const path = pathOf(key);
      try {
        await stat(path);
      } catch {
        return undefined;
      }
      return createReadStream(path, range);
    },
    async open(key) {
      const file = await open(pathOf(key), "r").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      });
      return (
        file && {
          async send(target, range) {
            try {
              await sendFile(file, target, range);
            } finally {
              await file.close();
            }
          },
        }
      );
    },
    async delete(key) {
      await rm(pathOf(key), { force: true });
    },
    async *finishedBefore(before) {
      for (const folder of await readdir(root)) {
        if (!/^[0-9a-f]{2}$/.test(folder)) continue;
        for (const key of await readdir(join(root, folder))) {
          const found = KEY.test(key) && (await stat(join(root, folder, key)).catch(() => undefined));
          if (found && found.mtimeMs < before) yield key;
        }
      }
    },
  };
}
