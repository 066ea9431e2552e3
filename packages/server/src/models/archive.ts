/** Unpacking a model's .tar.gz while it comes in: entries are judged before a byte of them is written. */
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { belongsToModel } from "./folder.ts";
import { ARCHIVE_LIMITS, archiveRules, isBomb } from "./policy-archive.ts";

/** Why an archive is not taken, in words for whoever sent it. */
export class ArchiveError extends Error {
  override name = "ArchiveError";
}

/** Unpacks into `dir`, which exists and is empty; what belongs to no model is left out. Throws ArchiveError. */
export async function unpackModel(source: Readable, dir: string): Promise<void> {
  let packed = 0;
  let unpacked = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      packed += chunk.length;
      const isTooMuch = packed > ARCHIVE_LIMITS.packed;
      done(isTooMuch ? new ArchiveError(`it is larger than ${ARCHIVE_LIMITS.packed / 2 ** 20} MiB`) : null, chunk);
    },
  });
  const watched = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      unpacked += chunk.length;
      done(
        isBomb(unpacked, packed) ? new ArchiveError(`it grows more than ${ARCHIVE_LIMITS.ratio} times`) : null,
        chunk,
      );
    },
  });
  const judge = archiveRules();
  const take = async ({ name, type, size, mode }: Header, entry: Readable): Promise<void> => {
    const verdict = judge({ name, type, size });
    if ("refused" in verdict) throw new ArchiveError(verdict.refused);
    if (verdict.keep !== "file" || !belongsToModel(verdict.path)) {
      entry.resume();
      return;
    }
    const path = join(dir, verdict.path);
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, "wx", mode & 0o100 ? 0o755 : 0o644);
    try {
      // Not pipeline(): it waits for ever for an entry that ended before it was looked at.
      for await (const chunk of entry) await file.writeFile(chunk as Buffer);
      await file.sync();
    } finally {
      await file.close();
    }
  };
  const entries = extract();
  // Caught at once: it may fail while the loop below still waits for the disk.
  const pumped = pipeline(source, counted, createGunzip(), watched, entries).then(
    () => undefined,
    (reason: Error) => reason,
  );
  try {
    for await (const entry of entries) await take(entry.header, entry as unknown as Readable);
  } catch (error) {
    entries.destroy();
    throw readable((await pumped) ?? error, error);
  }
  const failure = await pumped;
  if (failure) throw readable(failure, failure);
}

/** The first cause in words: either end of a pipe reports the other's failure as a premature close. */
function readable(pump: unknown, own: unknown): unknown {
  const causes = [own, pump].filter((error) => error instanceof Error);
  const refusal = causes.find((error) => error instanceof ArchiveError);
  if (refusal) return refusal;
  const codes = causes.map((error) => (error as NodeJS.ErrnoException).code ?? "");
  if (codes.some((code) => ["EEXIST", "ENOTDIR", "EISDIR"].includes(code)))
    return new ArchiveError("one of its files is also a folder", { cause: own });
  const isDamaged =
    codes.some((code) => code.startsWith("Z_")) || causes.some(({ message }) => TAR_FAULT.test(message));
  return isDamaged ? new ArchiveError("it is no .tar.gz, or it is damaged", { cause: own }) : pump;
}

/** As tar-stream says it; its errors have no codes. */
const TAR_FAULT = /^(Invalid (tar )?header|Header exceeds|Unexpected end of data)/;
