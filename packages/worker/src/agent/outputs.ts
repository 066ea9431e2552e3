/**
 * Collecting what a run left in its output folder. The folder was written by foreign code, so only plain files at its top level
 * count: opened without following links, no second name elsewhere, within the manifest's limits (reliability.md 6). The folder
 * itself is opened in the same way, and its files through it: a link in its place would show the worker's files as outputs.
 */
import { constants, type Dirent } from "node:fs";
import { type FileHandle, open, opendir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { ProgramManifest } from "@modelyard/contract";

export interface CollectedFile {
  name: string;
  /** Bytes; the upload reads exactly this many. */
  size: number;
  handle: FileHandle;
}

export interface Collected {
  files: CollectedFile[];
  /** What was there and is no output, for the model's author: `parts (a folder)`. Three at most; hidden files are left out of this too. */
  leftOut: string[];
}

/** The outputs break one of the model's limits; the message says which. */
export class OutputLimitError extends Error {
  override name = "OutputLimitError";
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;
/** Names that are looked at, of whatever kind; folders of a hundred thousand links are no outputs. */
const MAX_NAMES = 10_000;
/** Longer names are no names for a download. */
const MAX_NAME_BYTES = 200;

async function openPlain(path: string): Promise<{ handle: FileHandle; size: number } | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stat = await handle.stat();
    if (stat.isFile() && stat.nlink === 1) return { handle, size: stat.size };
  } catch {
    // A link, a vanished file, a device that cannot be opened: not an output.
  }
  await handle?.close();
  return undefined;
}

/** No dot in front, no control character (a line break would end a header), valid UTF-8, not too long. */
function isPlainName(name: string): boolean {
  return (
    !name.startsWith(".") &&
    !/[\p{Cc}\p{Cf}\uFFFD\\]/u.test(name) &&
    name.isWellFormed() &&
    Buffer.byteLength(name) <= MAX_NAME_BYTES
  );
}

const LEFT_OUT_NAMED = 3;

function kindOf(entry: Dirent): string {
  if (entry.isDirectory()) return "a folder";
  return entry.isSymbolicLink() ? "a link" : "no plain file";
}

async function plainNames(folder: string, limits: ProgramManifest["limits"], leftOut: string[]): Promise<string[]> {
  const names: string[] = [];
  let seen = 0;
  for await (const entry of await opendir(folder)) {
    const isPlain = isPlainName(entry.name);
    if (entry.isFile() && isPlain) names.push(entry.name);
    else if (!entry.name.startsWith(".") && leftOut.length < LEFT_OUT_NAMED)
      leftOut.push(isPlain ? `${entry.name} (${kindOf(entry)})` : "a name that is no plain text, or too long");
    if (++seen > MAX_NAMES || names.length > limits.outputFiles)
      throw new OutputLimitError(
        `The model made more than ${names.length > limits.outputFiles ? limits.outputFiles : MAX_NAMES} files (limits.outputFiles is ${limits.outputFiles}).`,
      );
  }
  return names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/** Opened output files in the order of their names; the caller closes them. A folder that is none any more has no outputs. */
export async function collectOutputs(outputDir: string, limits: ProgramManifest["limits"]): Promise<Collected> {
  const folder = await open(outputDir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch(() => undefined);
  if (folder === undefined) return { files: [], leftOut: [] };
  const files: CollectedFile[] = [];
  const leftOut: string[] = [];
  try {
    // Through the descriptor, where the system has such names.
    const dir = process.platform === "linux" ? `/proc/self/fd/${folder.fd}` : outputDir;
    let total = 0;
    for (const name of await plainNames(dir, limits, leftOut)) {
      const plain = await openPlain(join(dir, name));
      if (!plain) {
        if (leftOut.length < LEFT_OUT_NAMED) leftOut.push(`${name} (a second name of a file)`);
        continue;
      }
      files.push({ name, ...plain });
      // By apparent size: a sparse file of a terabyte takes no place here, but its upload would.
      total += plain.size;
      if (total > limits.outputBytes) {
        throw new OutputLimitError(
          `The model's outputs are larger than ${limits.outputBytes} bytes together (limits.outputBytes).`,
        );
      }
    }
    return { files, leftOut };
  } catch (error) {
    for (const file of files) await file.handle.close();
    throw error;
  } finally {
    await folder.close();
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
