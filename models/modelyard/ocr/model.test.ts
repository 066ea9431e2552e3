import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import type sharp from "sharp";

let reader: DrivenModel;
let open: typeof sharp;
let folder: string;
before(async () => {
  reader = await driveModel(new URL(".", import.meta.url));
  open = createRequire(join(reader.model.dir, "run.ts"))("sharp");
  folder = await mkdtemp(join(tmpdir(), "pages-"));
});
after(async () => {
  await reader[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const sample = (name: string) => fileURLToPath(new URL(`samples/${name}`, import.meta.url));
const expected = (await readFile(sample("invoice.txt"), "utf8")).trim();
const withoutBlankLines = (text: string) => text.replace(/\n+/g, "\n");

test("reads every letter and number of a clean page, and reports how far it is", async () => {
  const { exitCode, text, messages, files } = await reader.run({ inputImage: sample("invoice.png") });
  assert.equal(exitCode, 0);
  assert.equal(text, expected);
  assert.deepEqual(files, {});
  const reports = messages.filter((message) => message.type === "progress");
  assert.equal(reports.at(-1)?.percentage, 100);
});

test("reads small, turned, dark, coloured and transparent pages", async () => {
  const page = () => open(sample("invoice.png"));
  const variants = {
    small: page().resize(450).jpeg({ quality: 85 }),
    turned: open(await page().rotate(90).png().toBuffer())
      .withMetadata({ orientation: 8 })
      .jpeg(),
    dark: page().negate().png(),
    coloured: page().tint("#3060c0").webp(),
    transparent: page().greyscale().unflatten().png(),
  };
  for (const [name, variant] of Object.entries(variants)) {
    const path = join(folder, name);
    await variant.toFile(path);
    const { text, error } = await reader.run({ inputImage: path });
    assert.equal(error, undefined, name);
    assert.equal(withoutBlankLines(text), withoutBlankLines(expected), name);
  }
});

test("gives an empty text for an empty page, and an error for what is no picture", async () => {
  const path = join(folder, "empty.png");
  await open({ create: { width: 300, height: 200, channels: 3, background: "white" } })
    .png()
    .toFile(path);
  assert.deepEqual((await reader.run({ inputImage: path })).text, "");
  const { exitCode, error } = await reader.run({ inputImage: fileURLToPath(import.meta.url) });
  assert.equal(exitCode, 1);
  assert.match(error ?? "", /^The picture could not be read: /);
});

test("is cancelled at once and reads the next page as before; ends on TERM", async () => {
  const path = join(folder, "long.png");
  await open(sample("invoice.png")).resize(6000).png().toFile(path);
  const { error } = await reader.run(
    { inputImage: path },
    { onMessage: (message, cancel) => message.type === "progress" && cancel() },
  );
  assert.equal(error, "cancelled");
  assert.equal((await reader.run({ inputImage: sample("invoice.png") })).text, expected);
  assert.ok((await reader.terminate()) < 3000);
});
