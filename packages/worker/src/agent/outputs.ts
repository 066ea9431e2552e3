/**
 * Collecting what a run left in its output folder. The folder was written by foreign code, so only plain files at its top level
 * count: opened without following links, no second name elsewhere, within the manifest's limits (reliability.md 6).
 */
import { constants } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Manifest } from "@modelyard/contract";

export interface CollectedFile {
  name: string;
  /** Bytes; the upload reads exactly this many. */
  size: number;
  handle: FileHandle;
}

/** The outputs break one of the model's limits; the message says which. */
export class OutputLimitError extends Error {
  override name = "OutputLimitError";
}

async function openPlain(path: string): Promise<{ handle: FileHandle; size: number } | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (stat.isFile() && stat.nlink === 1) return { handle, size: stat.size };
  } catch {
    // A link, a vanished file, a device that cannot be opened: not an output.
  }
  await handle?.close();
  return undefined;
}

/** Opened output files in the order of their names; the caller closes them. */
export async function collectOutputs(outputDir: string, limits: Manifest["limits"]): Promise<CollectedFile[]> {
  const entries = await readdir(outputDir, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  if (names.length > limits.outputFiles) {
    throw new OutputLimitError(`The model made ${names.length} files; at most ${limits.outputFiles} are allowed.`);
  }
  const files: CollectedFile[] = [];
  try {
    let total = 0;
    for (const name of names) {
      const plain = await openPlain(join(outputDir, name));
      if (!plain) continue;
      files.push({ name, ...plain });
      total += plain.size;
      if (total > limits.outputBytes) {
        throw new OutputLimitError(`The model's outputs are larger than ${limits.outputBytes} bytes together.`);
      }
    }
    return files;
  } catch (error) {
    for (const file of files) await file.handle.close();
    throw error;
  }
}

const READ_BYTES = 256 * 1024;

/** The file's bytes from its beginning. Leaves the handle open, also when the stream is destroyed: a failed upload is repeated. */
export function readCollected({ handle, size }: CollectedFile): Readable {
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < size; ) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(READ_BYTES, size - at)), { position: at });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }
  return Readable.from(chunks(), { objectMode: false });
}
