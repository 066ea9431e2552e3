import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@modelyard/testing";
import { sampleText } from "./sample-text.ts";

test("a text is given up to its limit, without half a letter; other files, unlisted and lost ones give nothing", () => {
  const dir = temporaryFolder("sample-text");
  mkdirSync(join(dir, "samples"));
  const written = {
    "short.txt": "Bread\n",
    "long.txt": "ä".repeat(5000),
    "a.json": "{}",
    "a.png": "png",
    "lost.txt": "x",
  };
  for (const [name, text] of Object.entries(written)) writeFileSync(join(dir, "samples", name), text);
  rmSync(join(dir, "samples/lost.txt"));
  writeFileSync(join(dir, "secret.txt"), "not listed");
  const model = {
    version: "sample-text",
    dir,
    files: Object.keys(written).map((name) => ({ path: `samples/${name}` })),
  };
  const of = (name: string) => sampleText(model, name);
  assert.equal(of("samples/short.txt"), "Bread");
  assert.equal(of("samples/long.txt"), `${"ä".repeat(600)} …`);
  assert.equal(of("samples/a.json"), "{}");
  assert.deepEqual([of("samples/a.png"), of("samples/lost.txt"), of("secret.txt")], [null, null, null]);
});
