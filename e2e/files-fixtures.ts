/** Small real files, files that only pretend, and calls of the file endpoints for files*.test.ts. */
import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateRawSync, deflateSync } from "node:zlib";
import { FileUploadResponse, FolderCreateResponse, type UploadedFile } from "@modelyard/contract";
import { type Answer, type Caller, caller, type TestServer, until } from "@modelyard/testing";

const be32 = (n: number) => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(n >>> 0);
  return buffer;
};
const le = (n: number, bytes: number) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(n, 0, bytes);
  return buffer;
};

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  return Buffer.concat([be32(data.length), body, be32(crc32(body))]);
}

/** A grey picture; with `pixels: false` only the header of one, so that it may be any size. */
export function png(width = 2, height = 2, pixels = width * height <= 1_000_000): Buffer {
  const header = Buffer.concat([be32(width), be32(height), Buffer.from([8, 0, 0, 0, 0])]);
  const rows = pixels ? deflateSync(Buffer.alloc((width + 1) * height, 0x40)) : Buffer.alloc(0);
  const magic = Buffer.from("89504e470d0a1a0a", "hex");
  return Buffer.concat([magic, pngChunk("IHDR", header), pngChunk("IDAT", rows), pngChunk("IEND", Buffer.alloc(0))]);
}

/** Up to the frame header; `padding` bytes of metadata before it. */
export function jpegHeader(width: number, height: number, padding = 0): Buffer {
  const segments = [Buffer.from("ffd8", "hex")];
  for (let left = padding; left > 0; left -= 65_000) {
    const data = Buffer.alloc(Math.min(left, 65_000));
    segments.push(Buffer.from("ffe1", "hex"), be32(data.length + 2).subarray(2), data);
  }
  const size = Buffer.concat([be32(height).subarray(2), be32(width).subarray(2)]);
  segments.push(Buffer.from("ffc0001108", "hex"), size, Buffer.from("03012200021101031101", "hex"));
  return Buffer.concat(segments);
}

export function gif(width = 1, height = 1, tail = Buffer.from("00003b", "hex")): Buffer {
  return Buffer.concat([Buffer.from("GIF89a"), le(width, 2), le(height, 2), tail]);
}

export function webp(width: number, height: number): Buffer {
  const frame = Buffer.concat([Buffer.alloc(4), le(width - 1, 3), le(height - 1, 3)]);
  return Buffer.concat([Buffer.from("RIFF"), le(22, 4), Buffer.from("WEBPVP8X"), le(10, 4), frame]);
}

export function bmp(width: number, height: number): Buffer {
  return Buffer.concat([Buffer.from("BM"), Buffer.alloc(12), le(40, 4), le(width, 4), le(height, 4), Buffer.alloc(28)]);
}

/** A tone of a tenth of a second. */
export function wav(): Buffer {
  const samples = Buffer.from(Array.from({ length: 800 }, (_, n) => 128 + Math.round(60 * Math.sin(n / 3))));
  const format = Buffer.concat([le(16, 4), le(1, 2), le(1, 2), le(8000, 4), le(8000, 4), le(1, 2), le(8, 2)]);
  const data = [Buffer.from("WAVEfmt "), format, Buffer.from("data"), le(samples.length, 4), samples];
  return Buffer.concat([Buffer.from("RIFF"), le(36 + samples.length, 4), ...data]);
}

export interface ZipEntry {
  name: string | Buffer;
  data?: Buffer | string;
  /** Overrides of what the headers say. */
  method?: number;
  flags?: number;
  size?: number;
  compressed?: number;
  crc?: number;
  attributes?: number;
  /** Index of the entry whose local header this one points at. */
  at?: number;
}

/** An archive byte by byte, so that it can lie. `count`: what its end says. */
export function zip(entries: readonly ZipEntry[], options: { count?: number; comment?: string } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name as string);
    const data = Buffer.from(entry.data ?? "");
    const method = entry.method ?? (data.length > 64 ? 8 : 0);
    const packed = method === 8 ? deflateRawSync(data) : data;
    const facts = Buffer.concat([
      le(20, 2),
      le(entry.flags ?? 0x800, 2),
      le(method, 2),
      le(0x5a5a5a5a, 4),
      le(entry.crc ?? crc32(data), 4),
      le(entry.compressed ?? packed.length, 4),
      le(entry.size ?? data.length, 4),
      le(name.length, 2),
      le(0, 2),
    ]);
    offsets.push(offset);
    const header = [
      Buffer.from("504b01021403", "hex"),
      facts,
      Buffer.alloc(6),
      le(entry.attributes ?? 0, 4),
      le(offsets[entry.at ?? offsets.length - 1] as number, 4),
    ];
    directory.push(...header, name);
    if (entry.at !== undefined) continue;
    parts.push(Buffer.from("504b0304", "hex"), facts, name, packed);
    offset += 30 + name.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const count = le((options.count ?? entries.length) & 0xffff, 2);
  const comment = Buffer.from(options.comment ?? "");
  const end = [Buffer.from("504b050600000000", "hex"), count, count, le(list.length, 4), le(offset, 4)];
  return Buffer.concat([...parts, list, ...end, le(comment.length, 2), comment]);
}

export function upload(
  own: Caller,
  bytes: Buffer | string,
  name: string,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const form = new FormData();
  form.append("file", new Blob([Buffer.from(bytes as string)]), name);
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  return own.call("File/Upload", form);
}

export async function uploaded(answer: Promise<Answer>): Promise<UploadedFile[]> {
  const { status, body } = await answer;
  assert.equal(status, 200);
  const parsed = FileUploadResponse.safeParse(body);
  assert.ok(parsed.success, `${parsed.error?.message}\n${JSON.stringify(body)}`);
  return parsed.data.list;
}

export async function folder(own: Caller, fields: object): Promise<{ id: string; parentid: string; name: string }> {
  const { body } = await own.call("File/FolderCreate", fields);
  const parsed = FolderCreateResponse.safeParse(body);
  assert.ok(parsed.success, JSON.stringify(body));
  return parsed.data.list[0];
}

export async function ownCaller(t: TestServer): Promise<Caller & { apiKey: string }> {
  const { apiKey } = await t.account(500_000_000_000n);
  return { ...caller(t.server.url, { apiKey }), apiKey };
}

/** Names of all stored and half-stored files. */
export function blobsOf(dataDir: string): string[] {
  return readdirSync(join(dataDir, "blobs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}

/** Nothing of a refused upload stays: neither stored bytes nor a descriptor. */
export async function leavesNothing(t: TestServer, act: () => Promise<void>): Promise<void> {
  const before = blobsOf(t.dataDir);
  const open = openFiles(t.dataDir);
  await act();
  await until(() => openFiles(t.dataDir) <= open, "descriptors of blobs are closed", 10_000);
  await until(() => blobsOf(t.dataDir).length <= before.length, "blobs are removed", 10_000);
  assert.deepEqual(blobsOf(t.dataDir), before);
}

/** How many descriptors of this process are files below the folder's blobs. */
function openFiles(dataDir: string): number {
  const links = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(join("/proc/self/fd", fd));
    } catch {
      return "";
    }
  });
  return links.filter((link) => link.startsWith(join(dataDir, "blobs"))).length;
}
