import { chmod, mkdir, stat, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { addAbortSignal, Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import { CheckedFile } from "./checked-file.ts";
import { describe, InstallError } from "./install-error.ts";
import type { FetchFile, ModelVersion } from "./model-version.ts";
import { publishFolder, removeTree, scratchName } from "./scratch.ts";

/**
 * Step 1: a read-only copy of the model's folder, every file checked by size and sha256.
 * `packages`: folder of the model's npm packages (it need not exist yet); linked as `node_modules`, where `import` looks first.
 */
export async function installFolder(options: {
  model: ModelVersion;
  /** Absolute path the copy gets. */
  dir: string;
  packages: string | undefined;
  fetchFile: FetchFile;
  signal: AbortSignal;
}): Promise<void> {
  const { model, dir, packages, fetchFile, signal } = options;
  if (await isFolder(dir)) return;
  const paths = new Set<string>();
  for (const file of model.files) {
    if (!isSafePath(file.path) || paths.has(file.path)) {
      throw new InstallError(
        "folder",
        `${model.owner}/${model.slug}: refused the file path ${JSON.stringify(file.path)}`,
      );
    }
    paths.add(file.path);
  }
  const scratch = scratchName(dirname(dir));
  const folders = new Set([scratch]);
  try {
    await mkdir(scratch);
    for (const file of model.files) {
      const path = join(scratch, file.path);
      for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
      await mkdir(dirname(path), { recursive: true });
      const target = await CheckedFile.open(path, { ...file, name: file.path });
      try {
        const body = await fetchFile(file.path);
        const stream = addAbortSignal(signal, body instanceof Readable ? body : Readable.fromWeb(body as WebStream));
        for await (const chunk of stream) await target.write(chunk);
        await target.finish();
      } catch (error) {
        await target.close().catch(() => {});
        signal.throwIfAborted();
        throw new InstallError("folder", `${model.owner}/${model.slug}: ${describe(error)}`, { cause: error });
      }
      await chmod(path, file.mode === 0o755 ? 0o555 : 0o444);
    }
    if (packages) await symlink(relative(dir, packages), join(scratch, "node_modules"));
    // Deepest first, so that a folder is still writable while it is being filled.
    for (const folder of [...folders].sort((a, b) => b.length - a.length)) await chmod(folder, 0o555);
    await publishFolder(scratch, dir);
  } catch (error) {
    await removeTree(scratch).catch(() => {});
    throw error;
  }
}

/** Inside the folder, with one spelling only, and not where the packages are linked. */
function isSafePath(path: string): boolean {
  const parts = path.split("/");
  return (
    !/[\\\0]/.test(path) &&
    parts[0] !== "node_modules" &&
    parts.every((part) => part !== "" && part !== "." && part !== "..")
  );
}

export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
