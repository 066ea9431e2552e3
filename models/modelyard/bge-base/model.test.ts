import assert from "node:assert/strict";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

// MiniLM is the same kind of network, a BERT, and small: its weights stand in for those of BGE, which have to be pulled.
let model: DrivenModel;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "bge-"));
  const small = await driveModel(new URL("../embeddings/", import.meta.url));
  await symlink(join(small.model.weightsDir, "all-MiniLM-L6-v2"), join(folder, "bge"));
  await small[Symbol.asyncDispose]();
  model = await driveModel(new URL(".", import.meta.url), { weightsDir: folder });
});
after(async () => {
  await model?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("loads a BERT and gives vectors of length 1; the same text is closest to itself", async () => {
  const prompt = "The soup needs salt.\nA firm lowered the interest on its loans.\nThe dog chased its tail.";
  const vectors = JSON.parse((await model.run({ prompt, output: "vectors" })).text);
  assert.equal(vectors.length, 3);
  for (const { vector } of vectors) assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-3);
  const { similarity } = JSON.parse((await model.run({ prompt, output: "matrix" })).text);
  for (const i of [0, 1, 2]) assert.ok(Math.abs(similarity[i][i] - 1) < 1e-3);
  const ranking = JSON.parse((await model.run({ prompt, query: "The soup needs salt.", output: "ranking" })).text);
  assert.equal(ranking[0].text, "The soup needs salt.");
});
