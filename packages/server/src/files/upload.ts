/**
 * Taking one upload in: bytes become blobs while they come, are checked, and are registered in one unit of work at the end. Until
 * then nothing of it can be seen, and `discard` takes back what was stored.
 */
import type { Readable } from "node:stream";
import { apiError } from "@modelyard/contract";
import { type Blobs, BlobTooLargeError } from "../blobs/blobs.ts";
import { FILE_LIMIT } from "../http/body.ts";
import { damaged, readArchive, zipRefused } from "./archive.ts";
import { blobBytes } from "./bytes.ts";
import { sizeText } from "./policy-folders.ts";
import { PIXEL_LIMIT, pixelsOf } from "./policy-image.ts";
import { HEAD_BYTES, nameRefusal, uploadType } from "./policy-types.ts";
import { ZIP_LIMITS } from "./policy-zip.ts";

/** A checked file whose bytes are stored. */
export interface TakenFile {
  name: string;
  contentType: string;
  /** Bytes. */
  size: number;
  blob: string;
  /** Folders of the archive it came from, outermost first. */
  folders: string[];
}

export interface Intake {
  files: TakenFile[];
  /** Takes the request's file; throws the refusal where it is none that may be kept. */
  take(file: { field: string; name: string; stream: Readable }): Promise<string>;
  /** Removes every blob that was stored. */
  discard(): Promise<void>;
}

const ZIP = "application/zip";
const refusal = (why: string) => apiError("fileInvalid", "file", why);

/** `room`: bytes that the account may still store; `quota`: all that it may, for the message. */
export function createIntake(blobs: Blobs, { room, quota }: { room: number; quota: number }): Intake {
  const stored = new Set<string>();
  const files: TakenFile[] = [];
  let left = room;
  let taken = false;

  /** Stores and checks one file. */
  async function keep(raw: string, stream: Readable, most: number): Promise<Omit<TakenFile, "folders">> {
    const why = nameRefusal(raw);
    if (why !== undefined) throw refusal(why);
    if (left <= 0) throw apiError("quotaExceeded", sizeText(quota));
    const limit = Math.min(most, left);
    const blob = await blobs.put(stream, { limit }).catch((error: unknown) => {
      if (!(error instanceof BlobTooLargeError)) throw error;
      throw limit < most ? apiError("quotaExceeded", sizeText(quota)) : refusal("must be at most 100 MB");
    });
    stored.add(blob.key);
    left -= blob.size;
    const bytes = blobBytes(blobs, blob);
    const type = uploadType(raw, await bytes.read(0, HEAD_BYTES));
    if (!type.ok) throw refusal(type.why);
    if ((await pixelsOf(type.contentType, bytes)) > PIXEL_LIMIT) {
      throw refusal(`must be a picture of at most ${PIXEL_LIMIT / 1_000_000} megapixels`);
    }
    return { name: type.name, contentType: type.contentType, size: blob.size, blob: blob.key };
  }

  async function extract(archive: { key: string; size: number }): Promise<void> {
    const places = await readArchive(blobs, archive);
    // Before anything is unpacked: one wrong name refuses all.
    for (const { name } of places) {
      const why = nameRefusal(name);
      if (why !== undefined) throw zipRefused(`a file in it ${why}`);
      if (/\.zip$/i.test(name)) throw zipRefused("there is another archive in it");
    }
    for (const { name, folders, open } of places) {
      const file = await open()
        .then((stream) => keep(name, stream, ZIP_LIMITS.entry))
        .catch((error: unknown) => {
          throw damaged(error);
        });
      if (file.contentType === ZIP) throw zipRefused("there is another archive in it");
      files.push({ ...file, folders });
    }
  }

  async function remove(key: string): Promise<void> {
    await blobs.delete(key);
    stored.delete(key);
  }

  return {
    files,
    async take({ field, name, stream }) {
      if (!/^file(\[\d*\])?$/.test(field)) throw apiError("filesRequired", "file");
      if (taken) throw apiError("filesTooMany", "file", 1);
      taken = true;
      const file = await keep(name, stream, FILE_LIMIT);
      if (file.contentType !== ZIP) {
        files.push({ ...file, folders: [] });
        return file.blob;
      }
      left += file.size;
      await extract({ key: file.blob, size: file.size });
      await remove(file.blob);
      return file.blob;
    },
    async discard() {
      for (const key of stored) await remove(key);
    },
  };
}
