import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { difference, likeness } from "./compare.ts";

test("texts are alike by their words, numbers by one place", () => {
  assert.equal(likeness("The quick fox, 0.9712", "the QUICK fox 0.9689"), 1);
  assert.equal(likeness("one two three four", "one two five six"), 0.5);
  assert.equal(likeness("", ""), 1);
  assert.equal(likeness("a a a", "a"), 0.5);
});

test("files are told by their first bytes and their size", async () => {
  const folder = await mkdtemp(join(tmpdir(), "compare-"));
  const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47]), Buffer.alloc(996)]);
  const sample = join(folder, "a.png");
  await writeFile(sample, png);
  assert.equal(await difference(sample, png, 0.8), undefined);
  assert.equal(await difference(sample, Buffer.concat([png, Buffer.alloc(500)]), 0.8), undefined);
  assert.match((await difference(sample, png.subarray(0, 300), 0.8)) ?? "", /300 bytes, the sample has 1000/);
  assert.equal(await difference(sample, Buffer.alloc(1000), 0.8), "it is no png");
  assert.equal(await difference(sample, Buffer.alloc(0), 0.8), "it is empty");
  const text = join(folder, "a.txt");
  await writeFile(text, "a lake at dawn");
  assert.match((await difference(text, Buffer.from("nothing of the kind"), 0.8)) ?? "", /0 % of the words/);
  assert.equal(await difference(text, Buffer.from("nothing of the kind"), 0), undefined);
  await rm(folder, { recursive: true });
});
