// A 256 × 256 PNG of stripes in two colours taken from the prompt's hash, or the uploaded picture unchanged.
const { createHash } = require("node:crypto");
const { copyFileSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { crc32, deflateSync } = require("node:zlib");

const SIZE = 256;

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}

function png(colours) {
  const rows = Buffer.alloc(SIZE * (1 + SIZE * 3));
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) colours[((x + y) >> 5) % 2].copy(rows, y * (1 + SIZE * 3) + 1 + x * 3);
  }
  const header = Buffer.from([0, 0, SIZE >> 8, SIZE & 255, 0, 0, SIZE >> 8, SIZE & 255, 8, 2, 0, 0, 0]);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const { prompt, inputImage } = JSON.parse(readFileSync(process.env.INPUT_JSON, "utf8"));
const output = join(process.env.OUTPUT_DIR, "0.png");
process.stdout.write(`painting ${prompt}\n`);
if (inputImage) {
  copyFileSync(inputImage, output);
} else {
  const hash = createHash("sha256").update(prompt).digest();
  writeFileSync(output, png([hash.subarray(0, 3), hash.subarray(3, 6)]));
}
