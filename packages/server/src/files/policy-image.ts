/** Pixels of a picture by its header, without decoding it (reliability.md 4: more than 100 million are refused). */

/** Random access to a file's bytes. */
export interface ByteSource {
  /** Bytes. */
  size: number;
  /** Fewer bytes than asked for only at the end of the file. */
  read(start: number, length: number): Promise<Buffer>;
}

export const PIXEL_LIMIT = 100_000_000;
/** Bytes of a JPEG before its size that are walked over; metadata that is longer is an attempt to hide it. */
const JPEG_HEADER_LIMIT = 16 * 1024 * 1024;

/** Pixels that the header declares; 0 = it is damaged and declares none, Infinity = it hides them. */
export async function pixelsOf(contentType: string, source: ByteSource): Promise<number> {
  const head = await source.read(0, 64);
  switch (contentType) {
    case "image/png":
      return head.length >= 24 ? head.readUInt32BE(16) * head.readUInt32BE(20) : 0;
    case "image/gif":
      return head.length >= 10 ? head.readUInt16LE(6) * head.readUInt16LE(8) : 0;
    case "image/webp":
      return webpPixels(head);
    case "image/bmp":
      return bitmapPixels(head);
    case "image/jpeg":
      return jpegPixels(source);
    case "image/avif":
      return avifPixels(await source.read(0, 65_536));
    default:
      return 0;
  }
}

function webpPixels(head: Buffer): number {
  if (head.length < 30) return 0;
  switch (head.toString("latin1", 12, 16)) {
    case "VP8X":
      return (head.readUIntLE(24, 3) + 1) * (head.readUIntLE(27, 3) + 1);
    case "VP8 ":
      return (head.readUInt16LE(26) & 0x3fff) * (head.readUInt16LE(28) & 0x3fff);
    case "VP8L": {
      const bits = head.readUInt32LE(21);
      return ((bits & 0x3fff) + 1) * (((bits >>> 14) & 0x3fff) + 1);
    }
    default:
      return 0;
  }
}

function bitmapPixels(head: Buffer): number {
  if (head.length < 26) return 0;
  if (head.readUInt32LE(14) === 12) return head.readUInt16LE(18) * head.readUInt16LE(20);
  return Math.abs(head.readInt32LE(18)) * Math.abs(head.readInt32LE(22));
}

/** The largest of the "ispe" properties: a picture in tiles has one for the whole and one for a tile. */
function avifPixels(head: Buffer): number {
  let largest = 0;
  for (let at = head.indexOf("ispe"); at >= 0 && at + 16 <= head.length; at = head.indexOf("ispe", at + 4)) {
    largest = Math.max(largest, head.readUInt32BE(at + 8) * head.readUInt32BE(at + 12));
  }
  return largest;
}

/** Walks the segments up to the frame header, skipping the thumbnails inside of others. */
async function jpegPixels(source: ByteSource): Promise<number> {
  let at = 2;
  while (at < JPEG_HEADER_LIMIT) {
    const head = await source.read(at, 9);
    if (head.length < 4 || head[0] !== 0xff) return 0;
    const marker = head[1] as number;
    if (marker === 0xff) {
      at += 1; // a fill byte
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2; // without content
      continue;
    }
    if (marker === 0xd9 || marker === 0xda) return 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    // A height of 0 means that it comes later; the most that it can be is taken.
    if (isFrame) return head.length < 9 ? 0 : head.readUInt16BE(7) * (head.readUInt16BE(5) || 65_535);
    at += 2 + Math.max(2, head.readUInt16BE(2));
  }
  return Number.POSITIVE_INFINITY;
}
