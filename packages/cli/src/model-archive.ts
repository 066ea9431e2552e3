/** A model's folder as the .tar.gz that the server takes: the files that belong to it, each as it is. */
import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { ModelFolder } from "@modelyard/server/models";
import { pack } from "tar-stream";

/** Writes it to `path`. */
export async function packModel({ dir, files }: ModelFolder, path: string): Promise<void> {
  const archive = pack();
  const written = pipeline(archive as unknown as NodeJS.ReadableStream, createGzip(), createWriteStream(path));
  const fill = async () => {
    for (const { path: name, size, mode } of files)
      await pipeline(
        createReadStream(join(dir, name)),
        archive.entry({ name, size, mode }) as unknown as NodeJS.WritableStream,
      );
    archive.finalize();
  };
  await Promise.all([written, fill()]);
}
