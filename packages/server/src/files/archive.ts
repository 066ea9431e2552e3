/** Reading a stored ZIP archive by its central directory. The rules are policy-zip.ts's; this file only gets at the bytes. */
import { isUtf8 } from "node:buffer";
import { pipeline, Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { ApiError, apiError } from "@modelyard/contract";
import yauzl from "yauzl";
import type { Blobs } from "../blobs/blobs.ts";
import { StorageFullError } from "../db/database.ts";
import { blobBytes } from "./bytes.ts";
import type { ByteSource } from "./policy-image.ts";
import { judgeZip, ZIP_LIMITS, type ZipEntryFacts, type ZipFilePlace } from "./policy-zip.ts";

export interface ArchiveFile extends ZipFilePlace {
  /** Its bytes, unpacked. */
  open(): Promise<Readable>;
}

/** Bytes of the record at the end of the format, without its comment; with the two of the large format before it. */
const END_BYTES = 22;
const LARGE_END_BYTES = 76;
/** How an entry says that its name is UTF-8: a general purpose bit, or a field with the name once more. */
const UTF8_NAME = 0x800;
const UTF8_FIELD = 0x7075;

/** Why an archive is not extracted, as the wire says it. */
export function zipRefused(why: string, cause?: unknown): Error {
  return Object.assign(apiError("fileInvalid", "file", `is no ZIP archive that can be extracted: ${why}`), { cause });
}

/** An error of the archive's bytes; one of our own disk is thrown on as it is. */
export function damaged(error: unknown): Error {
  if (error instanceof ApiError || error instanceof StorageFullError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "Z_";
  return code.startsWith("Z_") ? zipRefused("it is damaged", error) : (error as Error);
}

/** What the library reads the directory through. It asks for small pieces only. */
class BlobReader extends yauzl.RandomAccessReader {
  readonly bytes: ByteSource;
  constructor(bytes: ByteSource) {
    super();
    this.bytes = bytes;
  }
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.bytes.read(position, length).then(
      (found) => {
        found.copy(buffer, offset);
        callback(found.length < length ? new Error("unexpected end") : null);
      },
      (error: Error) => callback(error),
    );
  }
}

/** Without a word on the encoding, names are UTF-8 in practice (Macs, Linux in the C locale); else the format's old alphabet. */
function nameOf(entry: yauzl.Entry): string {
  const isNamed =
    (entry.generalPurposeBitFlag & UTF8_NAME) !== 0 || entry.extraFields.some(({ id }) => id === UTF8_FIELD);
  if (isNamed || !isUtf8(entry.fileNameRaw)) return entry.fileName;
  return entry.fileNameRaw.toString("utf8");
}

function facts(entry: yauzl.Entry): ZipEntryFacts {
  return {
    name: nameOf(entry),
    nameBytes: entry.fileNameLength,
    compressed: entry.compressedSize,
    size: entry.uncompressedSize,
    method: entry.compressionMethod,
    flags: entry.generalPurposeBitFlag,
    externalAttributes: entry.externalFileAttributes,
    offset: entry.relativeOffsetOfLocalHeader,
  };
}

/** Unpacks one entry; fails where its bytes are not as many, or not those, that the directory says. */
async function* unpack(packed: Readable, entry: yauzl.Entry): AsyncGenerator<Buffer> {
  let sum = 0;
  let size = 0;
  const plain = entry.compressionMethod === 0 ? packed : pipeline(packed, createInflateRaw(), () => {});
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      sum = crc32(chunk, sum);
      size += chunk.length;
      if (size > entry.uncompressedSize) throw new Error("more bytes than announced");
      yield chunk;
    }
  } finally {
    packed.destroy();
  }
  if (sum !== entry.crc32 || size !== entry.uncompressedSize) throw new Error("other bytes than announced");
}

/** The files of an archive, all of whose entries keep the rules; throws the refusal otherwise. Nothing is extracted yet. */
export async function readArchive(blobs: Blobs, blob: { key: string; size: number }): Promise<ArchiveFile[]> {
  let zip: yauzl.ZipFile;
  let directoryStart: number;
  const entries: yauzl.Entry[] = [];
  try {
    zip = await yauzl.fromRandomAccessReaderPromise(new BlobReader(blobBytes(blobs, blob)), blob.size, {
      strictFileNames: true,
      autoClose: false,
    });
    // An offset, although the types say otherwise.
    directoryStart = Number(zip.readEntryCursor);
    if (zip.entryCount > ZIP_LIMITS.entries) throw zipRefused(`it has more than ${ZIP_LIMITS.entries} entries`);
    for await (const entry of zip.eachEntry()) entries.push(entry);
    // The count at the end has two bytes: entries behind it would be there for other programs only.
    const left = blob.size - END_BYTES - zip.comment.length - Number(zip.readEntryCursor);
    if (left !== 0 && left !== LARGE_END_BYTES) throw zipRefused("there is something behind its directory");
  } catch (error) {
    throw damaged(error);
  }
  const verdict = judgeZip(entries.map(facts), directoryStart);
  if (!verdict.ok) throw zipRefused(verdict.why);
  return verdict.files.map((place) => {
    const entry = entries[place.index] as yauzl.Entry;
    return {
      ...place,
      async open() {
        const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
        const end = start + entry.compressedSize - 1;
        if (end >= directoryStart) throw new Error("an entry reaches into the directory");
        const packed = end < start ? Readable.from([]) : await blobs.get(blob.key, { start, end });
        if (!packed) throw new Error("the archive is gone");
        return Readable.from(unpack(packed, entry), { objectMode: false });
      },
    };
  });
}
