/** Random access to a blob's bytes. */
import type { Blobs } from "../blobs/blobs.ts";
import type { ByteSource } from "./policy-image.ts";

/** Read at once and kept: headers are looked at in many small steps. */
const BLOCK = 64 * 1024;

/** Reads go through one block in memory; not for two readers at a time. */
export function blobBytes(blobs: Blobs, blob: { key: string; size: number }): ByteSource {
  let block: { start: number; bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) };

  async function load(start: number, length: number): Promise<Buffer> {
    const stream = await blobs.get(blob.key, { start, end: start + length - 1 });
    if (!stream) throw new Error("a blob that was just stored is gone");
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  return {
    size: blob.size,
    async read(start, length) {
      const end = Math.min(start + length, blob.size);
      if (start >= end) return Buffer.alloc(0);
      if (end - start > BLOCK) return load(start, end - start);
      if (start < block.start || end > block.start + block.bytes.length) {
        block = { start, bytes: await load(start, Math.min(BLOCK, blob.size - start)) };
      }
      return block.bytes.subarray(start - block.start, end - block.start);
    },
  };
}
