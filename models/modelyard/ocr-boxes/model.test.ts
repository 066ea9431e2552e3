import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import type sharp from "sharp";

let reader: DrivenModel;
let open: typeof sharp;
before(async () => {
  reader = await driveModel(new URL(".", import.meta.url));
  open = createRequire(join(reader.model.dir, "run.ts"))("sharp");
});
after(() => reader[Symbol.asyncDispose]());

const sample = (name: string) => fileURLToPath(new URL(`samples/${name}`, import.meta.url));
const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();

/** The fewest letters to change, add or leave out. */
function mistakes(said: string, meant: string): number {
  let row = Array.from(meant, (_, i) => i + 1);
  for (const [i, letter] of [...said].entries()) {
    const above = [i, ...row];
    let left = i + 1;
    row = Array.from(
      meant,
      (target, j) => (left = Math.min(left + 1, above[j + 1]! + 1, above[j]! + (letter === target ? 0 : 1))),
    );
  }
  return row.at(-1)!;
}

test("reads every line of an invoice, in order, where it stands", async () => {
  const { error, files } = await reader.run({ inputImage: sample("invoice.png") });
  assert.equal(error, undefined);
  assert.deepEqual(Object.keys(files).sort(), ["boxes.jpg", "text.json", "text.txt"]);
  const written = await readFile(new URL("../ocr/samples/invoice.txt", import.meta.url), "utf8");
  // It glues some words together, so only letters and digits are compared: at most three of a hundred are wrong.
  const [said, meant] = [letters(await readFile(files["text.txt"]!, "utf8")), letters(written)];
  assert.ok(mistakes(said, meant) <= meant.length * 0.03, said);
  const { width, height, lines } = JSON.parse(await readFile(files["text.json"]!, "utf8"));
  const real = await open(sample("invoice.png")).metadata();
  assert.deepEqual([width, height], [real.width, real.height]);
  // In each box there is ink, and outside of all of them there is hardly any.
  const { data } = await open(sample("invoice.png"))
    .flatten({ background: "white" })
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  let [inside, outside] = [0, 0];
  for (let i = 0; i < width * height; i++) {
    if (data[i * (data.length / width / height)]! > 128) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    const covered = lines.some(
      ({ box }: { box: { x: number; y: number; width: number; height: number } }) =>
        x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height,
    );
    if (covered) inside += 1;
    else outside += 1;
  }
  assert.ok(inside > 1000 && outside < inside / 20, `${inside} dark pixels in boxes, ${outside} outside`);
});

test("reads light letters on a dark sign, and leaves out what it is unsure of", async () => {
  const { files } = await reader.run({ inputImage: sample("sign.png"), boxes: false });
  assert.deepEqual(Object.keys(files).sort(), ["text.json", "text.txt"]);
  assert.equal(await readFile(files["text.txt"]!, "utf8"), "Platform 7\nHarbour 12:45\n");
  const none = await reader.run({
    inputImage: fileURLToPath(new URL("../image-to-video/samples/lake.jpg", import.meta.url)),
    boxes: false,
  });
  assert.equal(await readFile(none.files["text.txt"]!, "utf8"), "");
});

test("refuses what is no picture, and ends on TERM", async () => {
  assert.match(
    (await reader.run({ inputImage: fileURLToPath(import.meta.url) })).error ?? "",
    /^The picture could not be read: /,
  );
  assert.ok((await reader.terminate()) < 3000);
});
