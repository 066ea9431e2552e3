/**
 * A file's bytes into a response. Streams of Node read 64 KiB, wait for it to be written, and read on; here the next piece is read
 * by the thread pool while the last one is being written, into buffers that are used again, so that a large file costs the
 * main thread little more than its writes (a third of nginx's rate before, see bench/files.ts).
 */
import type { FileHandle } from "node:fs/promises";
import type { Writable } from "node:stream";

const PIECE = 256 * 1024;
/** Buffers at hand for all responses together (32 MiB); a reader beyond that is served with smaller ones of its own. */
const MOST = 128;
const SMALL = 32 * 1024;

const idle: Buffer[] = [];
let made = 0;

function takeBuffer(length: number): Buffer {
  if (length <= SMALL) return Buffer.allocUnsafe(length);
  const buffer = idle.pop();
  if (buffer) return buffer;
  if (made >= MOST) return Buffer.allocUnsafe(SMALL);
  made++;
  return Buffer.allocUnsafeSlow(PIECE);
}

function giveBuffer(buffer: Buffer): void {
  if (buffer.length === PIECE) idle.push(buffer);
}

/** Resolves when the bytes are handed to the operating system; rejects when the reader is gone. */
function write(target: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    target.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * Writes the bytes at `start` to `end` (inclusive) of a file and ends `target`. Rejects where the file is shorter or the reader
 * goes away; nothing is left open but the file, which is the caller's.
 */
export async function sendFile(
  file: FileHandle,
  target: Writable,
  { start, end }: { start: number; end: number },
): Promise<void> {
  let at = start;
  const readNext = async (): Promise<{ buffer: Buffer; bytes: Buffer } | undefined> => {
    const left = end - at + 1;
    if (left <= 0) return undefined;
    const buffer = takeBuffer(left);
    try {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, left), at);
      if (bytesRead === 0) throw new Error("the file ended before its last byte");
      at += bytesRead;
      return { buffer, bytes: buffer.subarray(0, bytesRead) };
    } catch (error) {
      giveBuffer(buffer);
      throw error;
    }
  };

  let writing: Promise<void> = Promise.resolve();
  for (let piece = await readNext(); piece; piece = await readNext()) {
    const { buffer, bytes } = piece;
    try {
      await writing;
    } catch (error) {
      giveBuffer(buffer);
      throw error;
    }
    writing = write(target, bytes).finally(() => giveBuffer(buffer));
    // It is waited for above or below; until then its failure is nobody's.
    writing.catch(() => {});
  }
  await writing;
  target.end();
}
