import assert from "node:assert/strict";
import { test } from "node:test";
import { type ByteSource, pixelsOf } from "./policy-image.ts";

const source = (bytes: Buffer): ByteSource => ({
  size: bytes.length,
  read: async (start, length) => bytes.subarray(start, start + length),
});
const hex = (text: string, tail = 32) =>
  Buffer.concat([Buffer.from(text.replaceAll(" ", ""), "hex"), Buffer.alloc(tail)]);
const ascii = (text: string) => Buffer.from(text).toString("hex");
const FRAME = "0011 08 0168 0280 03";

test("the size of a picture by its header", async () => {
  for (const [type, head, pixels] of [
    ["png", hex(`89504e470d0a1a0a 0000000d ${ascii("IHDR")} 00000280 00000168`), 640 * 360],
    ["png", hex(`89504e470d0a1a0a 0000000d ${ascii("IHDR")} ffffffff ffffffff`), 0xffffffff ** 2],
    ["gif", hex(`${ascii("GIF89a")} 8002 6801`), 640 * 360],
    ["webp", hex(`${ascii("RIFF")} 00000000 ${ascii("WEBPVP8X")} 0a000000 00000000 7f0200 670100`), 640 * 360],
    ["webp", hex(`${ascii("RIFF")} 00000000 ${ascii("WEBPVP8 ")} 0a000000 000000 9d012a 8002 6801`), 640 * 360],
    ["webp", hex(`${ascii("RIFF")} 00000000 ${ascii("WEBPVP8L")} 0a000000 2f 7fc25900`), 640 * 360],
    ["bmp", hex(`${ascii("BM")} 000000000000000036000000 28000000 80020000 98feffff`), 640 * 360],
    ["bmp", hex(`${ascii("BM")} 000000000000000036000000 0c000000 8002 6801`), 640 * 360],
    ["avif", hex(`0000001c ${ascii("ftypavif")} 00000014 ${ascii("ispe")} 00000000 00000280 00000168`), 640 * 360],
    ["jpeg", hex(`ffd8 ffc0 ${FRAME}`), 640 * 360],
    ["jpeg", hex(`ffd8 ffe0 0004 0000 ff ff ffd0 ffc2 ${FRAME}`), 640 * 360],
    // The thumbnail's frame inside of metadata is not the picture's.
    ["jpeg", hex(`ffd8 ffe1 0010 ffc0 0011 08 0001 0001 0300000000 ffc2 ${FRAME}`), 640 * 360],
    // Tables look like frames by their number, and are none.
    ["jpeg", hex(`ffd8 ffc4 0003 00 ffc8 0003 00 ffcc 0003 00 ffc1 ${FRAME}`), 640 * 360],
    ["jpeg", hex("ffd8 ffc0 0011 08 0000 0280 03"), 640 * 65_535],
    ["jpeg", hex("ffd8 ffda 0002"), 0],
    ["jpeg", hex("ffd8 ffd9"), 0],
    ["jpeg", hex("ffd8 00"), 0],
    ["jpeg", hex("ffd8 ff", 0), 0],
    ["png", hex("89504e470d0a1a0a", 0), 0],
    ["gif", hex(ascii("GIF89a"), 0), 0],
    ["webp", hex(ascii("RIFF"), 10), 0],
    ["text", hex("", 10), 0],
  ] as const)
    assert.equal(await pixelsOf(`image/${type}`, source(head)), pixels, `${type} ${head.toString("hex")}`);
});

test("metadata without an end hides nothing", async () => {
  const segment = Buffer.concat([hex("ffe1 ffff", 0), Buffer.alloc(65_533)]);
  const long = Buffer.concat([Buffer.from("ffd8", "hex"), ...Array.from({ length: 300 }, () => segment)]);
  assert.equal(await pixelsOf("image/jpeg", source(long)), Number.POSITIVE_INFINITY);
});
